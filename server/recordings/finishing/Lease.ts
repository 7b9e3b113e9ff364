/** How long nobody else takes on a recording that is being finished here, by the database's clock. */
export const LEASE_MS = 20_000
/** Somebody else's clock and way to the database are not ours. */
const MARGIN_MS = 3_000

/** Whether a recording is certainly still ours, by a clock that nobody sets: the database may be away just then. */
export class Lease {
  readonly #now: () => number
  #until: number
  #lost = false

  /** @param askedAt when it was asked for, which is before it began */
  constructor(askedAt: number, now: () => number) {
    this.#now = now
    this.#until = askedAt + LEASE_MS - MARGIN_MS
  }

  get certain(): boolean {
    return !this.#lost && this.#now() < this.#until
  }

  /** What the database has answered. */
  renewed(askedAt: number, ours: boolean): void {
    if (!ours) this.#lost = true
    this.#until = Math.max(this.#until, askedAt + LEASE_MS - MARGIN_MS)
  }
}
