/** How often something may happen: `burst` at once, then `perSecond` on average. */
export type Rate = { readonly burst: number; readonly perSecond: number }

/** A token bucket: allows bursts, bounds the average. Holds two numbers, needs no timer. */
export class TokenBucket {
  #tokens: number
  #at: number
  readonly #rate: Rate

  /** @param now ms, of any steady clock that later calls use too */
  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#at = now
  }

  /** Takes `cost` tokens if they are there. @returns 0 when taken, else the ms after which they will be. */
  take(now: number, cost = 1): number {
    const waitMs = this.waitMs(now, cost)
    if (waitMs === 0) this.#tokens -= cost
    return waitMs
  }

  /** As take, but takes nothing. */
  waitMs(now: number, cost = 1): number {
    const { burst, perSecond } = this.#rate
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond)
    this.#at = now
    return this.#tokens >= cost ? 0 : Math.ceil(((cost - this.#tokens) / perSecond) * 1000)
  }
}
