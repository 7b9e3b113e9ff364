import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Client } from 'pg'
import { driftBetween, migrate } from '#server/database/migrate.ts'
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts'

const root = process.cwd()

describe('migrations', () => {
  let database: { url: string; drop(): Promise<void> }
  beforeEach(async () => {
    database = await createEmptyDatabase()
  })
  afterEach(() => database.drop())

  test('[BOOT-1] the migrations lead exactly to schema.prisma', async () => {
    const schema = await readFile(path.join(root, 'prisma/schema.prisma'), 'utf8')
    expect(await driftBetween(database.url, root, schema)).toBe('')
  })

  test('[BOOT-1] a column that only the schema knows is seen as drift', async () => {
    const schema = await readFile(path.join(root, 'prisma/schema.prisma'), 'utf8')
    const changed = schema.replace('model RateLimit {', 'model RateLimit {\n  surprise String?')
    expect(await driftBetween(database.url, root, changed)).toContain('"surprise"')
  })

  test('[BOOT-2] migrating twice applies everything once', async () => {
    expect((await migrate(database.url, root)).length).toBeGreaterThan(0)
    expect(await migrate(database.url, root)).toEqual([])
    const client = new Client(database.url)
    await client.connect()
    const { rows } = await client.query('SELECT finished_at, rolled_back_at FROM "_prisma_migrations"')
    await client.end()
    expect(rows.every((row) => row.finished_at !== null && row.rolled_back_at === null)).toBe(true)
  })
})

test('[BOOT-3] each test database is its own', async () => {
  const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()])
  await first.prisma.rateLimit.create({ data: { key: 'only here' } })
  expect(await first.prisma.rateLimit.count()).toBe(1)
  expect(await second.prisma.rateLimit.count()).toBe(0)
  await Promise.all([first.drop(), second.drop()])
})
