import { randomBytes } from 'node:crypto'
import { createMeetingCode } from '#lib/domain/meetingCode.ts'
import { sessions } from '#server/auth/sessions.ts'
import { apiSuite } from '../../support/apiSuite.ts'
import { signedInUser } from '../../support/session.ts'
import { createVisitor } from '../../support/visitor.ts'

const suite = apiSuite()

beforeEach(() => suite.data.prisma.rateLimit.deleteMany())

async function meeting(extra: { endedAt?: Date; deletedAt?: Date } = {}) {
  const host = await signedInUser(suite.data.prisma)
  const code = createMeetingCode(randomBytes)
  const { id } = await suite.data.prisma.meeting.create({
    data: { code, title: 'Weekly', hostId: host.user.id, ...extra },
    select: { id: true },
  })
  return { id, code, host }
}
const knock = (code: string, cookie?: string) =>
  suite.api.ask(`/api/m/${code}/guest`, { body: {}, ...(cookie === undefined ? {} : { cookie }) })

it('a link gives a guest a cookie for that one meeting, which says nothing of it', async () => {
  const { id, code } = await meeting()
  const guest = createVisitor(suite.api)
  const answer = await guest.ask(`/api/m/${code}/guest`, { body: {} })
  expect([answer.status, answer.json()]).toEqual([200, {}])
  const name = sessions().cookies.guest(id)
  expect([...guest.jar.keys()]).toEqual([name])
  expect(name).toMatch(/^parley\.guest\.[0-9a-f]{16}$/)
  expect(answer.headers['set-cookie']?.join()).toMatch(/HttpOnly; SameSite=Lax/)
  expect(await sessions().identify(guest.cookie, id)).toEqual({
    kind: 'guest',
    sessionId: expect.any(String),
    meetingId: id,
  })
  await guest.ask(`/api/m/${code}/guest`, { body: {} })
  expect(await suite.data.prisma.session.count({ where: { meetingId: id } })).toBe(1)
})

it('[RM-1] no such, deleted, ended and nonsense are one answer', async () => {
  const gone = await meeting({ deletedAt: new Date() })
  const ended = await meeting({ endedAt: new Date() })
  const codes = [
    createMeetingCode(randomBytes),
    gone.code,
    ended.code,
    'nonsense',
    "x' OR 1=1",
    '%00'.slice(0, 1),
  ]
  const answers = await Promise.all(codes.map((code) => knock(encodeURIComponent(code))))
  const [first] = answers
  expect(first?.status).toBe(404)
  for (const answer of answers) expect([answer.status, answer.text]).toEqual([404, first?.text])
})

it('[RM-1] [K21] whoever tries codes is stopped, and then learns nothing from right ones either', async () => {
  const { code } = await meeting()
  const statuses: number[] = []
  for (let index = 0; index < 31; index += 1)
    statuses.push((await knock(createMeetingCode(randomBytes))).status)
  expect(statuses.slice(0, 30)).toEqual(Array(30).fill(404))
  expect(statuses[30]).toBe(429)
  expect((await knock(code)).status).toBe(429)
})

it('[RM-4] a guest whom the host removed gets no second token for it', async () => {
  const { id, code } = await meeting()
  const guest = createVisitor(suite.api)
  await guest.ask(`/api/m/${code}/guest`, { body: {} })
  const identity = await sessions().identify(guest.cookie, id)
  await sessions().end({ id: String(identity?.sessionId) }, null, 'removed')
  const again = await guest.ask(`/api/m/${code}/guest`, { body: {} })
  expect([again.status, again.json().error?.code]).toEqual([403, 'forbidden'])
  expect(await sessions().identify(guest.cookie, id)).toBeNull()
})

it('[K29] a guest who signs in has a session of its own, not the guest’s', async () => {
  const { id, code, host } = await meeting()
  const guest = createVisitor(suite.api)
  await guest.ask(`/api/m/${code}/guest`, { body: {} })
  const both = `${guest.cookie}; ${host.cookie}`
  const [asGuest, asUser] = [await sessions().identify(guest.cookie, id), await sessions().identify(both, id)]
  expect(asUser?.kind).toBe('user')
  expect(asUser?.sessionId).not.toBe(asGuest?.sessionId)
})

it('somebody signed in needs no guest token and gets none', async () => {
  const { code, host } = await meeting()
  const answer = await knock(code, host.cookie)
  expect([answer.status, answer.cookies.size]).toEqual([200, 0])
})

it('[AU-8] a name, a role or a meeting in the body is refused', async () => {
  const { code } = await meeting()
  const raw = JSON.stringify({ role: 'host', meetingId: 'x' })
  expect((await suite.api.ask(`/api/m/${code}/guest`, { raw })).status).toBe(400)
})
