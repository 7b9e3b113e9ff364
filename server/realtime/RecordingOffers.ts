import type { RecordingKind } from '#lib/protocol/recordings.ts'
import type { Log } from '#server/log.ts'
import type { RecordingJobs } from '#server/recordings/RecordingJobs.ts'

const REFRESH_MS = 10_000
/** Many who join at once ask once. */
const FRESH_MS = 1_000

/** In which ways a recording could begin now, for all rooms of this process: asked again every ten seconds. */
export class RecordingOffers {
  readonly #jobs: Pick<RecordingJobs, 'offers'>
  readonly #log: Log
  readonly #now: () => number
  readonly #changed: () => void
  #current: readonly RecordingKind[] = []
  #asked: Promise<void> | null = null
  #askedAt = Number.NEGATIVE_INFINITY

  /** @param changed called after each change */
  constructor(jobs: Pick<RecordingJobs, 'offers'>, log: Log, now: () => number, changed: () => void) {
    this.#jobs = jobs
    this.#log = log
    this.#now = now
    this.#changed = changed
  }

  get current(): readonly RecordingKind[] {
    return this.#current
  }

  /** Time passes. */
  tick(): void {
    if (this.#now() - this.#askedAt >= REFRESH_MS) void this.#ask()
  }

  /** Never rejects: while nobody can tell, what was known stands. */
  async refresh(): Promise<void> {
    if (this.#asked !== null || this.#now() - this.#askedAt >= FRESH_MS) await this.#ask()
  }

  #ask(): Promise<void> {
    this.#askedAt = this.#now()
    this.#asked ??= this.#jobs
      .offers()
      .then(
        (offers) => this.#take(offers),
        (error: unknown) => this.#log.warn({ err: error }, 'nobody can tell in which ways could be recorded'),
      )
      .finally(() => {
        this.#asked = null
      })
    return this.#asked
  }

  #take(offers: readonly RecordingKind[]): void {
    if (offers.join() === this.#current.join()) return
    this.#current = offers
    this.#changed()
  }
}
