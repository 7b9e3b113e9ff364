import { Prisma, type PrismaClient } from '@prisma/client'
import { HOUR_MS } from '#server/auth/sessionLimits.ts'
import { isAlive } from '#server/cluster/PrismaLeaseRows.ts'
import type { Log } from '#server/log.ts'

/** Ended sessions are kept for this long: who was signed in from where is looked up after the fact. */
const KEEP_SESSIONS_MS = 30 * 24 * HOUR_MS
/** Long enough for one whose database is away for a while to find its leases again. */
const KEEP_PROCESSES_MS = 24 * HOUR_MS
/** Rows of each table that one round deletes at most: a round is short, what is left waits for the next. */
const ROWS_PER_ROUND = 5_000
/** Any fixed number, other than server/auth's. */
const JANITOR_LOCK = 7_225_101

export type Tidied = { readonly sessions: number; readonly limits: number }

/**
 * Deletes rows that nobody will ask for again. Of several processes the one that gets the lock does it.
 * @returns how many, or null when another process is at it
 */
export function tidy(prisma: PrismaClient, now = Date.now()): Promise<Tidied | null> {
  return prisma.$transaction(async (transaction) => {
    const [lock] = await transaction.$queryRaw<{ taken: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(${JANITOR_LOCK}) AS taken`
    if (!lock?.taken) return null
    const sessions = await transaction.$executeRaw`
      DELETE FROM "Session" WHERE id IN (
        SELECT id FROM "Session" WHERE "expiresAt" < ${new Date(now - KEEP_SESSIONS_MS)}
        ORDER BY "expiresAt" LIMIT ${ROWS_PER_ROUND})`
    const limits = await transaction.$executeRaw`
      DELETE FROM "RateLimit" WHERE key IN (
        SELECT key FROM "RateLimit" WHERE expire < ${BigInt(now)} ORDER BY expire LIMIT ${ROWS_PER_ROUND})`
    // Killed ones; one that ends in its own way takes itself off. Their leases go with them.
    await transaction.$executeRaw`
      DELETE FROM "ServerProcess" AS process
      WHERE "startedAt" < ${new Date(now - KEEP_PROCESSES_MS)} AND NOT ${isAlive(Prisma.sql`process.id`)}`
    return { sessions, limits }
  })
}

/** Tidies once an hour, for as long as it is not closed. What fails is tried again an hour later. */
export function createJanitor(prisma: PrismaClient, log: Log): { close(): Promise<void> } {
  let running: Promise<void> = Promise.resolve()
  const round = async (): Promise<void> => {
    try {
      const tidied = await tidy(prisma)
      if (tidied && tidied.sessions + tidied.limits > 0) log.info(tidied, 'old rows deleted')
    } catch (error) {
      log.warn({ err: error }, 'old rows could not be deleted')
    }
  }
  const timer = setInterval(() => {
    running = round()
  }, HOUR_MS).unref()
  return {
    async close() {
      clearInterval(timer)
      await running
    },
  }
}
