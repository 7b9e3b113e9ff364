import type { MediaState } from '#lib/protocol/events.ts'
import type { Clock, Signalling } from './ports.ts'

const RETRY_MS = 1000

/**
 * Tells the others what we send, until the server has said yes to the latest: a refused or lost update would leave a
 * tile saying "muted" about somebody who speaks.
 */
export class MediaAnnouncer {
  readonly #signalling: Signalling
  readonly #clock: Clock
  readonly #sending: () => MediaState
  /** What the server knows; null while we are not in the room. */
  #known: MediaState | null = null
  #busy = false
  #cancelRetry: (() => void) | null = null

  constructor(signalling: Signalling, clock: Clock, sending: () => MediaState) {
    this.#signalling = signalling
    this.#clock = clock
    this.#sending = sending
  }

  /** The server has just been told, or is away (null): the next join tells it. */
  setKnown(media: MediaState | null): void {
    this.#known = media
    this.update()
  }

  update(): void {
    if (!this.#busy) void this.#announce()
  }

  close(): void {
    this.#known = null
    this.#cancelRetry?.()
  }

  async #announce(): Promise<void> {
    const media = this.#sending()
    if (this.#known === null || same(this.#known, media)) return
    this.#cancelRetry?.()
    this.#busy = true
    const answer = await this.#signalling.request('media:update', media)
    this.#busy = false
    if (this.#known === null) return
    if (answer.ok) {
      this.#known = media
      this.update()
    } else {
      this.#cancelRetry = this.#clock.after(answer.error.retryAfterMs ?? RETRY_MS, () => this.update())
    }
  }
}

const same = (a: MediaState, b: MediaState): boolean =>
  a.microphone === b.microphone && a.camera === b.camera && a.screen === b.screen
