import { randomUUID } from 'node:crypto'
import { apiSuite } from '../../support/apiSuite.ts'
import { createUser, guestFor, signedInUser } from '../../support/session.ts'

const suite = apiSuite()

beforeEach(() => suite.data.prisma.user.deleteMany())

const act = (cookie: string, userId: string, action: string) =>
  suite.api.ask(`/api/admin/users/${userId}/${action}`, { method: 'POST', cookie })
const standing = (id: string) =>
  suite.data.prisma.user.findUniqueOrThrow({ where: { id }, select: { admin: true, disabledAt: true } })
const adminUser = () => signedInUser(suite.data.prisma, { admin: true, name: 'Root' })

describe('[K53] the admin’s routes', () => {
  const routes: [string, string][] = [
    ['GET', '/api/admin/users'],
    ['GET', '/api/admin/sessions'],
    ['GET', '/api/admin/server'],
    ['POST', `/api/admin/sessions/${randomUUID()}/revoke`],
    ...['disable', 'enable', 'promote', 'demote', 'revoke'].map((action): [string, string] => [
      'POST',
      `/api/admin/users/${randomUUID()}/${action}`,
    ]),
  ]

  it.each(routes)('%s %s: nobody 401, a member 403, a guest 401', async (method, path) => {
    const member = await signedInUser(suite.data.prisma)
    const meeting = await suite.data.prisma.meeting.create({
      data: { code: randomUUID(), title: 'x', hostId: member.user.id },
      select: { id: true },
    })
    const guest = await guestFor(suite.data.prisma, meeting.id)
    const cookies = [undefined, member.cookie, guest.cookie]
    const answers = await Promise.all(
      cookies.map((cookie) => suite.api.ask(path, { method, ...(cookie ? { cookie } : {}) })),
    )
    expect(answers.map(({ status }) => status)).toEqual([401, 403, 401])
  })

  it('[SFU-50] the self-check of a server without a media server', async () => {
    const { cookie } = await adminUser()
    const answer = await suite.api.ask('/api/admin/server', { cookie })
    expect(answer.status).toBe(200)
    expect(answer.json()).toMatchObject({
      checks: [
        { name: 'Address' },
        { name: 'Database', state: 'ok', facts: [expect.stringMatching(/^PostgreSQL \d+/)] },
        { name: 'Media server', state: 'off' },
        { name: 'Relay', state: 'warning' },
      ],
    })
  })

  it('a member cannot promote themselves', async () => {
    const member = await signedInUser(suite.data.prisma)
    expect((await act(member.cookie, member.user.id, 'promote')).status).toBe(403)
    expect((await standing(member.user.id)).admin).toBe(false)
  })
})

describe('changing somebody', () => {
  it('[SE-2] [SE-4] promoting ends their sessions; a new sign-in has the new right', async () => {
    const root = await adminUser()
    const bob = await signedInUser(suite.data.prisma)
    expect((await act(root.cookie, bob.user.id, 'promote')).status).toBe(200)
    expect((await suite.api.ask('/api/admin/users', { cookie: bob.cookie })).status).toBe(401)
    const again = await signedInUser(suite.data.prisma, { userId: bob.user.id })
    expect((await suite.api.ask('/api/admin/users', { cookie: again.cookie })).status).toBe(200)
  })

  it('[K53] [K27] a demoted admin’s old token opens nothing from the next request on', async () => {
    const root = await adminUser()
    const other = await adminUser()
    expect((await suite.api.ask('/api/admin/users', { cookie: other.cookie })).status).toBe(200)
    expect((await act(root.cookie, other.user.id, 'demote')).status).toBe(200)
    expect((await suite.api.ask('/api/admin/users', { cookie: other.cookie })).status).toBe(401)
    expect((await act(other.cookie, root.user.id, 'demote')).status).toBe(401)
  })

  it('[JW-9] a role that was taken away in the database is gone, though the session lives', async () => {
    const root = await adminUser()
    await adminUser()
    await suite.data.prisma.user.update({ where: { id: root.user.id }, data: { admin: false } })
    const fresh = await signedInUser(suite.data.prisma, { userId: root.user.id })
    expect((await suite.api.ask('/api/admin/users', { cookie: fresh.cookie })).status).toBe(403)
  })

  it('[SE-4] disabling ends all sessions at once; enabling brings none back', async () => {
    const root = await adminUser()
    const bob = await signedInUser(suite.data.prisma)
    const again = await signedInUser(suite.data.prisma, { userId: bob.user.id })
    expect((await suite.api.ask('/api/account/sessions', { cookie: bob.cookie })).status).toBe(200)
    await act(root.cookie, bob.user.id, 'disable')
    for (const { cookie } of [bob, again]) {
      expect((await suite.api.ask('/api/account/sessions', { cookie })).status).toBe(401)
    }
    await act(root.cookie, bob.user.id, 'enable')
    expect((await suite.api.ask('/api/account/sessions', { cookie: bob.cookie })).status).toBe(401)
  })

  it('a session made for a disabled account is none', async () => {
    const bob = await createUser(suite.data.prisma)
    await suite.data.prisma.user.update({ where: { id: bob.id }, data: { disabledAt: new Date() } })
    const { cookie } = await signedInUser(suite.data.prisma, { userId: bob.id })
    expect((await suite.api.ask('/api/account/sessions', { cookie })).status).toBe(401)
  })

  it.each(['demote', 'disable'])('[K53] the last admin cannot be lost by %s', async (action) => {
    const root = await adminUser()
    const refused = await act(root.cookie, root.user.id, action)
    expect([refused.status, refused.json().error?.code]).toEqual([409, 'conflict'])
    expect(await standing(root.user.id)).toEqual({ admin: true, disabledAt: null })
  })

  it('[K53] [K52] two admins who demote each other at once leave one', async () => {
    for (let round = 0; round < 5; round += 1) {
      await suite.data.prisma.user.deleteMany()
      const [a, b] = [await adminUser(), await adminUser()]
      await Promise.all([act(a.cookie, b.user.id, 'demote'), act(b.cookie, a.user.id, 'demote')])
      expect(await suite.data.prisma.user.count({ where: { admin: true } })).toBe(1)
    }
  })

  it('an unknown account is 404, an unknown action 400', async () => {
    const root = await adminUser()
    expect((await act(root.cookie, randomUUID(), 'disable')).status).toBe(404)
    expect((await act(root.cookie, root.user.id, 'destroy')).status).toBe(400)
    expect((await act(root.cookie, 'x', 'disable')).status).toBe(400)
  })

  it('[LG-1] each change is in the audit trail, with who, whom and where', async () => {
    const root = await adminUser()
    const bob = await createUser(suite.data.prisma)
    await suite.data.prisma.auditEvent.deleteMany()
    for (const action of ['promote', 'demote', 'disable', 'enable']) await act(root.cookie, bob.id, action)
    const events = await suite.data.prisma.auditEvent.findMany({ orderBy: { at: 'asc' } })
    expect(events.map(({ action }) => action)).toEqual([
      'user.promoted',
      'user.demoted',
      'user.disabled',
      'user.enabled',
    ])
    for (const event of events) {
      expect(event).toMatchObject({ actorId: root.user.id, targetId: bob.id, address: '127.0.0.1' })
    }
  })
})

describe('lists', () => {
  it('[PR-3] show no hash, no sid and no password', async () => {
    const root = await adminUser()
    for (const path of ['/api/admin/users', '/api/admin/sessions', '/api/account/sessions', '/api/session']) {
      const { text } = await suite.api.ask(path, { cookie: root.cookie })
      expect(text).not.toMatch(/hash|sid"|argon|password/i)
    }
  })

  it('[PR-5] come in pages that together show everybody once', async () => {
    const root = await adminUser()
    const createdAt = new Date()
    await suite.data.prisma.user.createMany({
      data: Array.from({ length: 70 }, (_, index) => ({
        name: `Person ${index}`,
        email: `p${index}@example.org`,
        passwordHash: 'x',
        createdAt,
      })),
    })
    const seen: string[] = []
    let cursor: unknown = ''
    for (let page = 0; page < 3 && cursor !== null; page += 1) {
      const path = cursor === '' ? '/api/admin/users' : `/api/admin/users?cursor=${cursor}`
      const { users, nextCursor } = (await suite.api.ask(path, { cookie: root.cookie })).json()
      const rows = users as { id: string }[]
      expect(rows.length).toBeLessThanOrEqual(50)
      seen.push(...rows.map(({ id }) => id))
      cursor = nextCursor
    }
    expect([seen.length, new Set(seen).size, cursor]).toEqual([71, 71, null])
  })

  it.each([
    '?cursor=x',
    '?cursor=',
    '?cursor[not]=1',
    '?cursor=a&cursor=b',
    '?other=1',
    '?query[contains]=x',
  ])('[PR-2] [NX-3] %s is refused', async (query) => {
    const root = await adminUser()
    expect((await suite.api.ask(`/api/admin/sessions${query}`, { cookie: root.cookie })).status).toBe(400)
  })

  it('a guest is listed and found by the name given at the door', async () => {
    const root = await adminUser()
    const meeting = await suite.data.prisma.meeting.create({
      data: { code: randomUUID(), title: 'Weekly', hostId: root.user.id },
      select: { id: true },
    })
    const { sessionId } = await guestFor(suite.data.prisma, meeting.id)
    const conference = await suite.data.prisma.conference.create({
      data: { meetingId: meeting.id },
      select: { id: true },
    })
    await suite.data.prisma.visit.create({
      data: {
        conferenceId: conference.id,
        sessionId,
        name: 'Guest Gwen',
        role: 'GUEST',
        seat: 0,
        instanceId: randomUUID(),
        instanceSeq: 0,
      },
    })
    const answer = await suite.api.ask('/api/admin/sessions?query=gwen', { cookie: root.cookie })
    expect((await answer.json()).sessions).toMatchObject([
      { id: sessionId, person: 'Guest Gwen', kind: 'guest', meetingTitle: 'Weekly' },
    ])
  })

  it('sessions can be searched by name and e-mail, and ended', async () => {
    const root = await adminUser()
    const bob = await signedInUser(suite.data.prisma, { name: 'Bob Builder', email: 'bob@example.org' })
    const find = async (query: string) => {
      const answer = await suite.api.ask(`/api/admin/sessions?query=${encodeURIComponent(query)}`, {
        cookie: root.cookie,
      })
      return (answer.json().sessions as { id: string }[]).map(({ id }) => id)
    }
    expect(await find('builder')).toEqual([bob.sessionId])
    expect(await find('BOB@')).toEqual([bob.sessionId])
    expect(await find("' OR 1=1 --")).toEqual([])
    const path = `/api/admin/sessions/${bob.sessionId}/revoke`
    expect((await suite.api.ask(path, { method: 'POST', cookie: root.cookie })).status).toBe(200)
    expect((await suite.api.ask(path, { method: 'POST', cookie: root.cookie })).status).toBe(404)
    expect(await find('builder')).toEqual([])
    expect((await suite.api.ask('/api/account/sessions', { cookie: bob.cookie })).status).toBe(401)
  })
})
