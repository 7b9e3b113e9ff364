import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '@prisma/client'
import { Pool, type PoolConfig } from 'pg'
import { EnvError, env } from '#server/env.ts'
import { log } from '#server/log.ts'
import { processSingleton } from '#server/processSingleton.ts'

/** Connections per process: PostgreSQL allows 100 in all, shared with psql, backups and other processes. */
const POOL_SIZE = 20
/** A query that takes longer is ended by PostgreSQL itself: a stuck one must not hold a connection for ever. */
const STATEMENT_TIMEOUT_MS = 10_000
/** How long a query waits for a free or new connection before it fails (the queue's limit, PR-4). */
const CONNECTION_TIMEOUT_MS = 5_000

/** Settings of every pool of ours; `statement_timeout` and TCP keep-alive included. */
export function poolConfig(url: string): PoolConfig {
  return {
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'parley',
  }
}

/**
 * A client over a bounded pool. An idle connection that dies (the database restarts) is reported to `onError`
 * and replaced at the next query; without a listener it would end the process.
 * `$disconnect()` ends the pool too.
 */
export function createPrisma(url: string, onError: (error: Error) => void): PrismaClient {
  const pool = new Pool(poolConfig(url))
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  return new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: true }),
    errorFormat: 'minimal',
  })
}

/** Where the database is: given by DATABASE_URL, or filled in by boot for the embedded one. */
export function databaseUrl(): string {
  const { DATABASE_URL } = env()
  if (DATABASE_URL === undefined) {
    throw new EnvError('DATABASE_URL is not set and no embedded database is running. Use `npm start`.')
  }
  return DATABASE_URL
}

/** The process's one database client, shared by server.ts and Next's bundles. */
export function database(): PrismaClient {
  return processSingleton('database', () =>
    createPrisma(databaseUrl(), (error) =>
      log().warn({ error: error.message }, 'a database connection ended'),
    ),
  )
}

/** Rejects when the database does not answer. */
export const pingDatabase = (): Promise<unknown> => database().$queryRaw`SELECT 1`

/** What PostgreSQL calls itself, `18.4`. Rejects when it does not answer. */
export async function databaseVersion(): Promise<string> {
  const [row] = await database().$queryRaw<{ server_version: string }[]>`SHOW server_version`
  return row?.server_version.split(' ')[0] ?? 'unknown'
}
