import { type Clock, SOURCES, type Source, type TileSize } from '../ports.ts'

/** So long a track is sent, that the SFU knows it and passes it to everybody who is there. */
const WARM_MS = 3000
/** Of pictures that nobody looks at the smallest is enough. */
const SMALLEST: TileSize = { width: 1, height: 1 }

/**
 * What a leg sends that is only held ready: each track for a moment, so that all is negotiated, and then nothing. A
 * share is not sent at all: turned off it would be unpublished.
 */
export class RestingTracks {
  readonly #clock: Clock
  readonly #silence: (source: Source) => void
  readonly #timers = new Map<Source, () => void>()

  constructor(clock: Clock, silence: (source: Source) => void) {
    this.#clock = clock
    this.#silence = silence
  }

  sends(source: Source): boolean {
    return source === 'microphone' || source === 'camera'
  }

  sizes<Key>(sizes: ReadonlyMap<Key, TileSize>): ReadonlyMap<Key, TileSize> {
    return new Map([...sizes.keys()].map((key) => [key, SMALLEST]))
  }

  /** It is being sent from now on. */
  sent(source: Source): void {
    this.#timers.get(source)?.()
    this.#timers.set(
      source,
      this.#clock.after(WARM_MS, () => this.#silence(source)),
    )
  }

  end(): void {
    for (const source of SOURCES) this.#timers.get(source)?.()
    this.#timers.clear()
  }
}
