import { sessions } from '#server/auth/sessions.ts'
import { type ApiServer, startApiServer } from '../../support/apiServer.ts'
import { authRoutes } from '../../support/authRoutes.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { type Person, RealtimeServer, type TestMeeting } from '../../support/realtimeServer.ts'
import { signedInUser } from '../../support/session.ts'

jest.setTimeout(60_000)

/** Two servers over one database: the admin is at one, the call at the other. Each has a LISTEN and a cache of its own. */
let data: TestDatabase
let pages: ApiServer
let calls: RealtimeServer
let host: Person
let meeting: TestMeeting

beforeAll(async () => {
  data = await createTestDatabase()
  pages = await startApiServer(authRoutes, { DATABASE_URL: data.url })
  calls = await RealtimeServer.start(data)
  host = await calls.user('Hannah')
})
beforeEach(async () => {
  meeting = await calls.meeting(host)
})
afterEach(() => calls.closeClients())
afterAll(async () => {
  await calls.stop()
  await pages.close()
  await data.drop()
})

const DEVICE = { device: 'Test', address: '127.0.0.1' }

/** One session, with a token for each server: their issuers differ, the row is the same. */
async function inBoth() {
  const { id } = await calls.user('Victor')
  const subject = await calls.sessions.startUser(id, DEVICE)
  const { user } = calls.sessions.cookies
  return {
    id,
    sessionId: subject.sessionId,
    cookie: `${user}=${await calls.sessions.signUserToken(subject)}`,
    pagesCookie: `${user}=${await sessions().signUserToken(subject)}`,
  }
}

test.each([
  ['the session is revoked', (who: { sessionId: string }) => `/api/admin/sessions/${who.sessionId}/revoke`],
  ['all sessions are revoked', (who: { id: string }) => `/api/admin/users/${who.id}/revoke`],
  ['the account is disabled', (who: { id: string }) => `/api/admin/users/${who.id}/disable`],
  ['the role changes', (who: { id: string }) => `/api/admin/users/${who.id}/promote`],
])(
  '[SE-4][K27][WS-8] %s at one server: the call at the other ends, the others drop it, HTTP says 401',
  async (_, path) => {
    const root = await signedInUser(data.prisma, { admin: true })
    const victor = await inBoth()
    const ada = await calls.connect(host, meeting)
    await ada.join()
    const client = await calls.connect(victor, meeting)
    await client.join()
    const page = () => pages.ask('/api/account/sessions', { cookie: victor.pagesCookie })
    expect((await page()).status).toBe(200)

    expect((await pages.ask(path(victor), { method: 'POST', cookie: root.cookie, body: {} })).status).toBe(
      200,
    )

    expect(await client.next('meeting:ended')).toEqual({ reason: 'session-revoked' })
    await client.disconnected()
    await ada.next('roster:changed', ({ changes }) =>
      changes.some((one) => one.type === 'left' && one.id === client.id && one.reason === 'revoked'),
    )
    expect((await page()).status).toBe(401)
    await expect(calls.connect(victor, meeting)).rejects.toMatchObject({ code: 'unauthenticated' })
  },
)

test('[AUTH-14] of more than fifty live sessions the one seen longest ago ends, here and elsewhere', async () => {
  const victor = await inBoth()
  const client = await calls.connect(victor, meeting)
  await data.prisma.session.update({
    where: { id: victor.sessionId },
    data: { lastSeenAt: new Date(Date.now() - 60_000) },
  })
  for (let more = 0; more < 49; more += 1) await sessions().startUser(victor.id, DEVICE)
  const live = () => data.prisma.session.count({ where: { userId: victor.id, revokedAt: null } })
  expect(await live()).toBe(50)
  await sessions().startUser(victor.id, DEVICE)
  expect(await live()).toBe(50)
  expect(await client.next('meeting:ended')).toEqual({ reason: 'session-revoked' })
})
