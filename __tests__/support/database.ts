import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { PrismaClient } from '@prisma/client'
import { Client } from 'pg'
import { migrate } from '#server/database/migrate.ts'
import { readMigrations } from '#server/database/schemaEngine.ts'
import { createPrisma } from '#server/db.ts'

const ROOT = process.cwd()
/** Any number, the same in every test process: only one of them builds the template. */
const TEMPLATE_LOCK = 7_225_001

export type TestDatabase = {
  readonly url: string
  readonly prisma: PrismaClient
  /** Disconnects `prisma` and removes the database, whoever is still connected. */
  drop(): Promise<void>
}

/** The server that tests may create databases on. Set by testPostgresSetup.mjs to the one that was found or started. */
function testServerUrl(): string {
  return process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres'
}

/** A fresh, migrated database of its own. Copied from a template that is built once per state of the migrations. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `parley_test_${randomBytes(8).toString('hex')}`
  await onServer(async (admin) => {
    await admin.query(`SELECT pg_advisory_lock(${TEMPLATE_LOCK})`)
    const template = await ensureTemplate(admin)
    await admin.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`)
  })
  const url = urlOf(name)
  const failures: Error[] = []
  const prisma = createPrisma(url, (error) => failures.push(error))
  return {
    url,
    prisma,
    async drop() {
      await prisma.$disconnect()
      await onServer((admin) => admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`))
    },
  }
}

/** An empty database without any migration. */
export async function createEmptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `parley_test_${randomBytes(8).toString('hex')}`
  await onServer((admin) => admin.query(`CREATE DATABASE "${name}"`))
  return {
    url: urlOf(name),
    drop: () =>
      onServer(async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
      }),
  }
}

async function ensureTemplate(admin: Client): Promise<string> {
  const { migrationDirectories } = await readMigrations(path.join(ROOT, 'prisma', 'migrations'))
  const hash = createHash('sha256').update(JSON.stringify(migrationDirectories))
  hash.update(await readFile(path.join(ROOT, 'server/database/migrate.ts')))
  const template = `parley_template_${hash.digest('hex').slice(0, 16)}`
  const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [template])
  if (found.rowCount) return template

  const building = `${template}_building`
  await admin.query(`DROP DATABASE IF EXISTS "${building}" WITH (FORCE)`)
  await admin.query(`CREATE DATABASE "${building}"`)
  await migrate(urlOf(building), ROOT)
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [building])
  await admin.query(`ALTER DATABASE "${building}" RENAME TO "${template}"`)
  return template
}

async function onServer<Value>(work: (admin: Client) => Promise<Value>): Promise<Value> {
  const admin = new Client(testServerUrl())
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

/** The same server, another database. */
function urlOf(name: string): string {
  const url = new URL(testServerUrl())
  url.pathname = `/${name}`
  return url.href
}
