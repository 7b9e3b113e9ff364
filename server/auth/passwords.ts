import { randomBytes } from 'node:crypto'
import { type Algorithm, hash, type Options, verify } from '@node-rs/argon2'
import { normalisePassword } from '#lib/domain/passwordPolicy.ts'
import { AppError } from '#lib/errors.ts'
import { processSingleton } from '#server/processSingleton.ts'

/** OWASP's floor for Argon2id (AU-3): 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
// The package declares a const enum, which isolated modules cannot read; 2 is Argon2id.
const OPTIONS: Options = { algorithm: 2 as Algorithm, ...PARAMETERS }
const CURRENT = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`
/** Hashes at once: a hundred sign-ins must not take both cores from the calls. */
const CONCURRENCY = 2
/** More waiting than this (some ten seconds' worth) is an attack, and is told to come back. */
const MAX_WAITING = 200

export interface Passwords {
  /** @returns the PHC form to store. @throws AppError rate-limited when too many wait */
  hash(password: string): Promise<string>
  /**
   * Compares, in the same time whether there is an account or not: without one, against a valid hash of nothing
   * anybody knows (AU-4). @throws AppError rate-limited when too many wait
   */
  verify(stored: string | null, password: string): Promise<boolean>
  /** Whether a stored hash was made with other parameters than today's. */
  isOutdated(stored: string): boolean
  /** What is compared against when there is no account. */
  dummyHash(): Promise<string>
}

/** @param work replaced by tests that want to see what is hashed and compared */
export function createPasswords(work = { hash, verify }): Passwords {
  const queue = new Gate(CONCURRENCY, MAX_WAITING)
  let dummy: Promise<string> | undefined
  const dummyHash = (): Promise<string> => {
    dummy ??= work.hash(randomBytes(32), OPTIONS)
    return dummy
  }
  return {
    hash: (password) => queue.run(() => work.hash(normalisePassword(password), OPTIONS)),
    async verify(stored, password) {
      const against = stored ?? (await dummyHash())
      const fits = await queue.run(() => work.verify(against, normalisePassword(password)))
      return fits && stored !== null
    },
    isOutdated: (stored) => !stored.startsWith(CURRENT),
    dummyHash,
  }
}

/** Lets `limit` tasks run at once; the others wait in order, up to a number. */
class Gate {
  readonly #limit: number
  readonly #maxWaiting: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(limit: number, maxWaiting: number) {
    this.#limit = limit
    this.#maxWaiting = maxWaiting
  }

  async run<Value>(task: () => Promise<Value>): Promise<Value> {
    if (this.#running >= this.#limit) {
      if (this.#waiting.length >= this.#maxWaiting) {
        const message = 'Too many people are signing in right now. Please try again in a moment.'
        throw new AppError('rate-limited', message, { retryAfterMs: 3_000 })
      }
      // Whoever finishes hands over its place, so #running stays as it is.
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else {
      this.#running += 1
    }
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }
}

/** The process's passwords: one queue for all of Next's bundles. */
export const passwords = (): Passwords => processSingleton('passwords', () => createPasswords())
