import { sessions } from '#server/auth/sessions.ts'
import { type ApiServer, startApiServer } from '../../support/apiServer.ts'
import { authRoutes } from '../../support/authRoutes.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { guestFor, signedInUser } from '../../support/session.ts'
import { startTcpProxy } from '../../support/tcpProxy.ts'
import { createVisitor } from '../../support/visitor.ts'

jest.setTimeout(120_000)

let data: TestDatabase
let proxy: Awaited<ReturnType<typeof startTcpProxy>>
let api: ApiServer

beforeAll(async () => {
  data = await createTestDatabase()
  proxy = await startTcpProxy(new URL(data.url))
  api = await startApiServer(authRoutes, { DATABASE_URL: proxy.url })
})
afterAll(async () => {
  await api.close()
  await proxy.close()
  await data.drop()
})
afterEach(() => proxy.open())

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

it('[LG-2] [K51] with the database away nobody is let in, and nobody is told that they are nobody', async () => {
  const ada = await signedInUser(data.prisma, { admin: true })
  const unknown = await signedInUser(data.prisma)
  expect((await api.ask('/api/admin/users', { cookie: ada.cookie })).status).toBe(200)
  const visitor = createVisitor(api)
  await visitor.ask('/api/auth/csrf')
  proxy.shut()
  // Longer than a remembered row may be used while no news comes.
  await sleep(2_300)
  const answers = {
    remembered: await api.ask('/api/admin/users', { cookie: ada.cookie }),
    unknown: await api.ask('/api/account/sessions', { cookie: unknown.cookie }),
    session: await api.ask('/api/session', { cookie: unknown.cookie }),
    nextAuth: await api.ask('/api/auth/session', { cookie: unknown.cookie }),
    signIn: await visitor.signIn('ada@example.org', 'correct horse battery staple'),
    signUp: await visitor.signUp({
      name: 'Eve',
      email: 'eve@example.org',
      password: 'correct horse battery staple',
    }),
    signUpTerms: await visitor.ask('/api/sign-up'),
    health: await visitor.ask('/api/health'),
    guest: await visitor.ask('/api/m/calm-river-0123456789abcdefghjkmnpqrs/guest', { body: {} }),
  }
  const statuses = Object.entries(answers).map(([name, { status }]) => `${name} ${status}`)
  expect(statuses).toEqual(Object.keys(answers).map((name) => `${name} 503`))
  for (const { text } of Object.values(answers))
    expect(text).not.toMatch(/prisma|postgres|ECONN|127\.0\.0\.1/i)
  await expect(sessions().isLive(ada.sessionId)).rejects.toMatchObject({ code: 'unavailable' })
  await expect(sessions().authenticate(ada.cookie)).rejects.toMatchObject({ code: 'unavailable' })
})

it('what was remembered a moment ago still counts, so that a short outage ends no call', async () => {
  const ada = await signedInUser(data.prisma)
  expect(await sessions().isLive(ada.sessionId)).toBe(true)
  proxy.shut()
  expect(await sessions().isLive(ada.sessionId)).toBe(true)
})

it('a session that ended while no news came is reported as soon as news comes again', async () => {
  const host = await signedInUser(data.prisma)
  const meeting = await data.prisma.meeting.create({
    data: { code: 'a-b-c', title: 'x', hostId: host.user.id },
    select: { id: true },
  })
  const guest = await guestFor(data.prisma, meeting.id)
  expect(await sessions().identify(guest.cookie, meeting.id)).not.toBeNull()
  const heard = new Promise((resolve) =>
    sessions().onEnded((ended) => ended.sessionId === guest.sessionId && resolve(ended.reason)),
  )
  proxy.shut()
  await data.prisma.session.update({
    where: { id: guest.sessionId },
    data: { revokedAt: new Date(), revokedReason: 'removed' },
  })
  proxy.open()
  expect(await heard).toBe('removed')
  expect(await sessions().identify(guest.cookie, meeting.id)).toBeNull()
})
