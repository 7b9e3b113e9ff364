import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { PROCESS_LOCKS } from '#server/cluster/Membership.ts'
import { tidy } from '#server/database/PrismaJanitor.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

jest.setTimeout(60_000)

const DAY_MS = 86_400_000

let data: TestDatabase
beforeAll(async () => {
  data = await createTestDatabase()
})
afterAll(() => data.drop())

async function session(userId: string, endedDaysAgo: number): Promise<string> {
  const { id } = await data.prisma.session.create({
    data: {
      kind: 'USER',
      userId,
      sidHash: randomUUID(),
      device: 'Test',
      address: '127.0.0.1',
      expiresAt: new Date(Date.now() - endedDaysAgo * DAY_MS),
    },
    select: { id: true },
  })
  return id
}

test('[AUTH-13] sessions that ended over 30 days ago and used-up limits go; the others stay, and so do visits', async () => {
  const { prisma } = data
  const { id: userId } = await prisma.user.create({
    data: { email: 'ada@example.org', name: 'Ada', passwordHash: 'none' },
    select: { id: true },
  })
  const old = await session(userId, 31)
  const kept = [await session(userId, 29), await session(userId, -1)]
  const meeting = await prisma.meeting.create({
    data: { code: randomUUID(), title: 'Weekly', hostId: userId, conferences: { create: {} } },
    select: { conferences: { select: { id: true } } },
  })
  await prisma.visit.create({
    data: {
      conferenceId: meeting.conferences[0]?.id ?? '',
      sessionId: old,
      name: 'Ada',
      role: 'HOST',
      seat: 0,
    },
  })
  await prisma.rateLimit.createMany({
    data: [
      { key: 'past', points: 3, expire: BigInt(Date.now() - 1000) },
      { key: 'running', points: 3, expire: BigInt(Date.now() + 60_000) },
    ],
  })

  expect(await tidy(prisma)).toEqual({ sessions: 1, limits: 1 })
  const left = await prisma.session.findMany({ select: { id: true } })
  expect(new Set(left.map(({ id }) => id))).toEqual(new Set(kept))
  expect((await prisma.rateLimit.findMany()).map(({ key }) => key)).toEqual(['running'])
  expect(await prisma.visit.findMany({ select: { sessionId: true } })).toEqual([{ sessionId: null }])
  expect(await tidy(prisma)).toEqual({ sessions: 0, limits: 0 })
})

test('[AUTH-13] one process at a time: whoever comes while another is at it leaves it alone', async () => {
  const outcomes = await data.prisma.$transaction(async (other) => {
    await other.$queryRaw`SELECT pg_advisory_xact_lock(7225101)::text`
    return [await tidy(data.prisma)]
  })
  expect(outcomes).toEqual([null])
  expect(await tidy(data.prisma)).not.toBeNull()
})

test('[CL-11] what a killed process left goes after a day; a living one keeps its own, however old it is', async () => {
  const { prisma } = data
  const yesterday = new Date(Date.now() - 2 * DAY_MS)
  const [killed, living, recent] = await Promise.all(
    [yesterday, yesterday, new Date()].map((startedAt) =>
      prisma.serverProcess.create({
        data: { url: 'http://127.0.0.1:3000', startedAt },
        select: { id: true },
      }),
    ),
  )
  if (!killed || !living || !recent) throw new Error('not made')
  const { id: userId } = await prisma.user.create({
    data: { email: 'holder@example.org', name: 'Ada', passwordHash: 'none' },
    select: { id: true },
  })
  for (const holder of [killed, living]) {
    const lease = { routingKey: '0123456789ab', holderId: holder.id }
    await prisma.meeting.create({
      data: { code: randomUUID(), title: 'Weekly', hostId: userId, lease: { create: lease } },
    })
  }
  const alive = new Client(data.url)
  await alive.connect()
  await alive.query('SELECT pg_advisory_lock($1, $2)', [PROCESS_LOCKS, living.id])
  await tidy(prisma)
  await alive.end()
  const left = await prisma.serverProcess.findMany({ select: { id: true }, orderBy: { id: 'asc' } })
  expect(left.map(({ id }) => id)).toEqual([living.id, recent.id].sort((one, other) => one - other))
  expect(await prisma.meetingLease.findMany({ select: { holderId: true } })).toEqual([
    { holderId: living.id },
  ])
})
