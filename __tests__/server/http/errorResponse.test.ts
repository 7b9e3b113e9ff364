import { AppError } from '#lib/errors.ts'
import { ERROR_CODES } from '#lib/protocol/errors.ts'
import { createPrisma } from '#server/db.ts'
import { errorResponse, failureOf } from '#server/http/errorResponse.ts'

it('every code has a status that is an error', () => {
  for (const code of ERROR_CODES)
    expect(failureOf(new AppError(code, 'x')).status).toBeGreaterThanOrEqual(400)
})

it('[NX-10] what we did not expect is told as a fault of ours, without its text', async () => {
  const response = errorResponse(new Error('SELECT * FROM "User" failed at /srv/parley/server/db.ts'))
  expect(response.status).toBe(500)
  expect(await response.text()).not.toMatch(/SELECT|srv|Error:/)
})

it('an AppError of another bundle, another class of the same shape, is understood', () => {
  const foreign = Object.assign(new Error('Please sign in.'), { name: 'AppError', code: 'unauthenticated' })
  expect(failureOf(foreign)).toMatchObject({ status: 401, body: { error: { message: 'Please sign in.' } } })
})

it('a limit says when to come back, in whole seconds', () => {
  expect(failureOf(new AppError('rate-limited', 'x', { retryAfterMs: 1200 })).headers['Retry-After']).toBe(
    '2',
  )
})

it('[LG-2] whichever way Prisma says that the database is away, the answer is 503', async () => {
  const prisma = createPrisma('postgresql://nobody@127.0.0.1:1/none', () => undefined)
  const ways = [
    prisma.user.findFirst(),
    prisma.$queryRaw`SELECT 1`,
    prisma.$transaction((transaction) => transaction.user.findFirst()),
  ]
  const statuses = await Promise.all(ways.map((way) => way.catch((error) => failureOf(error).status)))
  expect(statuses).toEqual([503, 503, 503])
  await prisma.$disconnect()
})

it.each([
  ['08006', 503],
  ['53100', 503],
  ['57P01', 503],
  ['58030', 503],
  ['25006', 503],
  ['22001', 500],
  ['23505', 500],
])('[LG-2] PostgreSQL’s %s, as Prisma hands it on, is answered with %i', (originalCode, status) => {
  const meta = { driverAdapterError: { cause: { originalCode } } }
  const error = Object.assign(new Error('Database error.'), { code: 'P2039', meta })
  error.name = 'PrismaClientKnownRequestError'
  expect(failureOf(error).status).toBe(status)
})
