import { type Rate, TokenBucket } from '#lib/domain/tokenBucket.ts'

/** Keys that are kept; above it the oldest go, which costs an attacker more addresses than it gives back tokens. */
const MAX_KEYS = 20_000

/** One token bucket per key (a person, an address), bounded in number. */
export class KeyedBuckets {
  readonly #buckets = new Map<string, TokenBucket>()
  readonly #rate: Rate

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** @returns 0 when taken, else the ms to wait */
  take(key: string, now: number): number {
    return this.#bucket(key, now).take(now)
  }

  /** As take, but takes nothing. */
  waitMs(key: string, now: number): number {
    return this.#buckets.get(key)?.waitMs(now) ?? 0
  }

  #bucket(key: string, now: number): TokenBucket {
    const existing = this.#buckets.get(key)
    if (existing) return existing
    const bucket = new TokenBucket(this.#rate, now)
    this.#buckets.set(key, bucket)
    const oldest = this.#buckets.size > MAX_KEYS ? this.#buckets.keys().next().value : undefined
    if (oldest !== undefined) this.#buckets.delete(oldest)
    return bucket
  }
}
