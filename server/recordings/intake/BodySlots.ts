import { AppError } from '#lib/errors.ts'
import { MOST_BODIES, MOST_BODIES_PER_SESSION } from '../limits.ts'

const RETRY_MS = 1_000

/** How many chunks are read at once: each is held in memory until it is written. */
export class BodySlots {
  readonly #bySession = new Map<string, number>()
  #taken = 0

  /** @returns to be called once, when its bytes are written. @throws AppError rate-limited when there are too many */
  take(sessionId: string): () => void {
    const own = this.#bySession.get(sessionId) ?? 0
    if (own >= MOST_BODIES_PER_SESSION || this.#taken >= MOST_BODIES) {
      throw new AppError('rate-limited', 'Too many chunks at once. Please send them one after the other.', {
        retryAfterMs: RETRY_MS,
      })
    }
    this.#bySession.set(sessionId, own + 1)
    this.#taken += 1
    return () => {
      this.#taken -= 1
      const left = (this.#bySession.get(sessionId) ?? 1) - 1
      if (left === 0) this.#bySession.delete(sessionId)
      else this.#bySession.set(sessionId, left)
    }
  }
}
