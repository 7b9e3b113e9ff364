import { startApiServer } from '../../support/apiServer.ts'
import { authRoutes } from '../../support/authRoutes.ts'
import { createTestDatabase } from '../../support/database.ts'
import { createVisitor } from '../../support/visitor.ts'

jest.setTimeout(120_000)

it('SIGN_UP=closed allows the first account and no other', async () => {
  const data = await createTestDatabase()
  const api = await startApiServer(authRoutes, { DATABASE_URL: data.url, SIGN_UP: 'closed' })
  const account = { name: 'Ada', password: 'correct horse battery staple' }
  const visitor = createVisitor(api)
  expect((await visitor.signUp({ ...account, email: 'ada@example.org' })).status).toBe(200)
  expect((await visitor.ask('/api/sign-up')).json()).toMatchObject({ open: false, firstAccount: false })
  const refused = await visitor.signUp({ ...account, email: 'bob@example.org' })
  expect([refused.status, refused.json().error?.message]).toEqual([403, 'Sign-up is closed on this server.'])
  const known = await visitor.signUp({ ...account, email: 'ada@example.org' })
  expect(known.text).toBe(refused.text)
  expect(await data.prisma.user.count()).toBe(1)
  await api.close()
  await data.drop()
})
