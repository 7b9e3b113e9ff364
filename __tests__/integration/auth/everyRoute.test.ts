import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { sessions } from '#server/auth/sessions.ts'
import { type ApiServer, type RouteTable, startApiServer } from '../../support/apiServer.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { signedInUser } from '../../support/session.ts'

const APP = path.join(process.cwd(), 'app')
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** What somebody without a session may ask, and why. */
const PUBLIC = [
  // next-auth's own: signing in and out.
  'GET /api/auth/[...nextauth]',
  'POST /api/auth/[...nextauth]',
  // A guest's permission, and what the green room says of a recording.
  'POST /api/m/[code]/guest',
  'GET /api/m/[code]/recording',
  'GET /api/session',
  // By the signature of the media server.
  'POST /api/sfu/webhook',
  // By the secret of a link.
  'POST /api/shared',
  'GET /api/shared/[shareId]',
  // Whether there is one at all.
  'GET /api/sign-up',
  'POST /api/sign-up',
]

let data: TestDatabase
let api: ApiServer
let routes: RouteTable
beforeAll(async () => {
  data = await createTestDatabase()
  const files = readdirSync(APP, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(^|\/)route\.ts$/.test(file),
  )
  const modules = files.map(async (file) => [`/${path.dirname(file)}`, await import(path.join(APP, file))])
  routes = Object.fromEntries(await Promise.all(modules))
  api = await startApiServer(routes, { DATABASE_URL: data.url })
}, 60_000)
afterAll(async () => {
  await api.close()
  await data.drop()
})

const doors = (): string[] =>
  Object.entries(routes).flatMap(([route, handlers]) =>
    METHODS.filter((method) => method in handlers).map((method) => `${method} ${route}`),
  )

/** With an id where the pattern has a name. */
const addressOf = (route: string): string => route.replace(/\[[^\]]+\]/g, () => randomUUID())

test('[SE-1] at every route but those for everybody, a session revoked a moment ago is refused', async () => {
  const admin = await signedInUser(data.prisma, { admin: true })
  const ask = async (door: string, cookie?: string): Promise<number> => {
    const [method = '', route = ''] = door.split(' ')
    return (await api.ask(addressOf(route), { method, ...(cookie !== undefined && { cookie }) })).status
  }
  const closed = doors().filter((door) => !PUBLIC.includes(door))
  expect(closed.length).toBeGreaterThan(20)
  // Alive, it is known everywhere: whatever else is wrong with such a request, it is not who asks.
  for (const door of closed) expect([door, await ask(door, admin.cookie)]).not.toEqual([door, 401])
  await sessions().end({ id: admin.sessionId }, admin.user.id, 'revoked')
  for (const door of closed) {
    expect([door, await ask(door, admin.cookie)]).toEqual([door, 401])
    expect([door, await ask(door)]).toEqual([door, 401])
  }
})

test('[SE-1] what is listed as for everybody is there', () => {
  expect(
    doors()
      .filter((door) => PUBLIC.includes(door))
      .sort(),
  ).toEqual([...PUBLIC].sort())
})
