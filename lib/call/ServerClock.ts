/** An exchange with the server: asked and answered at these moments of our own monotonic clock. */
export type Exchange = { readonly askedAt: number; readonly answeredAt: number; readonly serverTime: number }

/** An estimate from an exchange that took this much longer than the best one is worth nothing beside it, ms. */
const MUCH_SLOWER_MS = 20
/** Crystals drift by some 50 ppm: after so long a fresh estimate counts whatever it took. */
const STALE_MS = 600_000
const DRIFT = 50e-6
/** Both clocks are told in whole ms. */
const ROUNDING_MS = 1

/**
 * The server's time, as everything in a recording is stamped. It runs by our monotonic clock, so that a person who
 * sets their computer's clock moves nothing, and the quickest exchange decides how far it is ahead: its error is at
 * most half of that exchange's duration (REC-60). Where two cannot both be true our clock has stood still meanwhile, as it
 * does on some systems while the computer sleeps, or another server's is asked: the later one is (REC-209).
 */
export class ServerClock {
  readonly #monotonic: () => number
  #best: { readonly aheadMs: number; readonly tookMs: number; readonly at: number } | null = null

  /** @param monotonic ms that never jump: `performance.now` */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic
  }

  get known(): boolean {
    return this.#best !== null
  }

  /** At most so wrong, ms. */
  get errorMs(): number {
    return this.#best === null ? Number.POSITIVE_INFINITY : this.#best.tookMs / 2
  }

  /** ms of our own clock, for an exchange's two moments. */
  local(): number {
    return this.#monotonic()
  }

  learn({ askedAt, answeredAt, serverTime }: Exchange): void {
    const tookMs = Math.max(0, answeredAt - askedAt)
    const best = this.#best
    const better =
      best === null || tookMs <= best.tookMs || answeredAt - best.at > STALE_MS || best.tookMs > 1000
    const close =
      best !== null && tookMs - best.tookMs <= MUCH_SLOWER_MS && answeredAt - best.at > STALE_MS / 10
    const aheadMs = serverTime + tookMs / 2 - answeredAt
    const apart = best === null ? 0 : Math.abs(aheadMs - best.aheadMs)
    const possible =
      best === null ? 0 : (tookMs + best.tookMs) / 2 + DRIFT * (answeredAt - best.at) + ROUNDING_MS
    if (better || close || apart > possible) this.#best = { aheadMs, tookMs, at: answeredAt }
  }

  /** Server time in whole ms; before the first exchange the moment on our own computer's clock. */
  now(): number {
    return this.#best === null ? Date.now() : Math.round(this.#monotonic() + this.#best.aheadMs)
  }
}
