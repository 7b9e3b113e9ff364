import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '#lib/errors.ts'

type Rule = { readonly points: number; readonly perSeconds: number; readonly why: string }

const MINUTE = 60
const HOUR = 60 * MINUTE

/** How much of each thing one key may use up. The key is an address, a person, or both; each line says which. */
const RULES = {
  /** By person, else by address: any request to the API. */
  api: { points: 600, perSeconds: MINUTE, why: 'requests' },
  /** By address: attempts to sign in to any account; right ones are given back. */
  'sign-in-source': { points: 60, perSeconds: 10 * MINUTE, why: 'attempts to sign in' },
  /** By account and address: wrong passwords. */
  'sign-in-pair': { points: 10, perSeconds: 15 * MINUTE, why: 'attempts to sign in' },
  /** By account: wrong passwords from everywhere. Used up, each address has `sign-in-pair-attacked` left. */
  'sign-in-account': { points: 50, perSeconds: HOUR, why: 'attempts to sign in' },
  'sign-in-pair-attacked': { points: 3, perSeconds: HOUR, why: 'attempts to sign in' },
  /** By address: accounts made, or asked for. */
  'sign-up': { points: 100, perSeconds: HOUR, why: 'attempts to sign up' },
  /** By address: wrong setup codes. */
  'setup-code': { points: 10, perSeconds: HOUR, why: 'attempts to sign up' },
  /** By address: guest tokens. A company behind one address must fit in. */
  'guest-mint': { points: 120, perSeconds: 10 * MINUTE, why: 'attempts to join' },
  /** By address: codes that name no meeting (RM-1). Those that do are free. */
  'code-lookup': { points: 30, perSeconds: 10 * MINUTE, why: 'wrong meeting links' },
  /** By address: whether a meeting is recorded, asked every ten seconds before joining. A company must fit in. */
  'recording-notice': { points: 1_200, perSeconds: MINUTE, why: 'requests' },
  /** By link and address: wrong passcodes of a shared recording. */
  'share-passcode': { points: 10, perSeconds: 15 * MINUTE, why: 'wrong passcodes' },
  /** By link: wrong passcodes from everywhere. */
  'share-passcode-all': { points: 200, perSeconds: HOUR, why: 'wrong passcodes' },
  /** By person: transcripts added. Each is read and checked here, a second of a processor at most. */
  transcript: { points: 60, perSeconds: 10 * MINUTE, why: 'transcripts' },
  /** By person: the password asked for again. */
  reauth: { points: 10, perSeconds: 15 * MINUTE, why: 'attempts' },
} as const satisfies Record<string, Rule>

export type LimitName = keyof typeof RULES

export interface Limits {
  /**
   * Counts one use.
   * @throws AppError rate-limited when the key has none left, unavailable when it cannot be counted
   */
  consume(name: LimitName, key: string): Promise<void>
  /** Whether the key has used up its share. @throws AppError unavailable */
  exhausted(name: LimitName, key: string): Promise<boolean>
  /** Gives one use back. @throws AppError unavailable */
  refund(name: LimitName, key: string): Promise<void>
  /** Forgets what a key has used. @throws AppError unavailable */
  clear(name: LimitName, key: string): Promise<void>
  close(): Promise<void>
}

/** Keys are stored as digests: neither e-mails nor addresses pile up in the table. An IPv6 customer is a /64. */
const digest = (key: string): string => createHash('sha256').update(key).digest('base64url')

/** @param pool belongs to the limits from here on; close() ends it */
export function createLimits(pool: Pool, scale = 1): Limits {
  const limiters = new Map(
    Object.entries(RULES).map(([name, { points, perSeconds }]) => [
      name,
      new RateLimiterPostgres({
        storeClient: pool,
        storeType: 'pool',
        tableName: 'RateLimit',
        tableCreated: true,
        keyPrefix: name,
        points: points * scale,
        duration: perSeconds,
        // The janitor deletes what has expired, in one process and in bounded rounds.
        clearExpiredByTimeout: false,
      }),
    ]),
  )
  const limiter = (name: LimitName): RateLimiterPostgres => {
    const found = limiters.get(name)
    if (!found) throw new AppError('internal', 'Something went wrong on the server.')
    return found
  }
  const state = async (name: LimitName, key: string) => {
    try {
      return await limiter(name).get(digest(key))
    } catch (cause) {
      throw AppError.unavailable(cause)
    }
  }

  return {
    async consume(name, key) {
      try {
        await limiter(name).consume(digest(key))
      } catch (outcome) {
        if (outcome instanceof RateLimiterRes) throw limited(name, outcome.msBeforeNext)
        throw AppError.unavailable(outcome)
      }
    },
    async exhausted(name, key) {
      const used = await state(name, key)
      return used !== null && used.consumedPoints >= limiter(name).points
    },
    async refund(name, key) {
      try {
        await limiter(name).reward(digest(key))
      } catch (cause) {
        throw AppError.unavailable(cause)
      }
    },
    async clear(name, key) {
      try {
        await limiter(name).delete(digest(key))
      } catch (cause) {
        throw AppError.unavailable(cause)
      }
    },
    async close() {
      await pool.end()
    },
  }
}

function limited(name: LimitName, retryAfterMs: number): AppError {
  const minutes = Math.ceil(retryAfterMs / 60_000)
  const wait = minutes <= 1 ? 'a minute' : `${minutes} minutes`
  return new AppError('rate-limited', `Too many ${RULES[name].why}. Please try again in ${wait}.`, {
    retryAfterMs,
  })
}
