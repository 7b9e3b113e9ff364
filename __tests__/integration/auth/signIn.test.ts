import { type ApiServer, startApiServer } from '../../support/apiServer.ts'
import { authRoutes } from '../../support/authRoutes.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createVisitor } from '../../support/visitor.ts'

const PASSWORD = 'correct horse battery staple'

let data: TestDatabase
let api: ApiServer

beforeAll(async () => {
  data = await createTestDatabase()
  api = await startApiServer(authRoutes, { DATABASE_URL: data.url })
})
afterAll(async () => {
  await api.close()
  await data.drop()
})

it('the main path: sign up, sign in, be known, sign out', async () => {
  const ada = createVisitor(api)
  expect((await ada.ask('/api/sign-up')).json()).toEqual({
    open: true,
    firstAccount: true,
    setupCodeNeeded: false,
  })
  const made = await ada.signUp({ name: 'Ada', email: 'ada@example.org', password: PASSWORD })
  expect([made.status, made.json()]).toEqual([200, {}])
  const signedIn = await ada.signIn('ada@example.org', PASSWORD)
  expect([signedIn.status, signedIn.text]).toEqual([200, JSON.stringify({ url: `${api.origin}/` })])
  const known = await ada.ask('/api/session')
  expect(known.json()).toMatchObject({ user: { name: 'Ada', email: 'ada@example.org', admin: true } })
  const sessions = await ada.ask('/api/account/sessions')
  expect(sessions.json().sessions).toHaveLength(1)
  const before = ada.cookie
  expect((await ada.signOut()).status).toBe(200)
  expect(ada.jar.has('parley.session')).toBe(false)
  expect((await api.ask('/api/account/sessions', { cookie: before })).status).toBe(401)
})
