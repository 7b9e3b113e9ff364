import type { Picture } from './Picture.ts'

/** What is seen on one tile. Another track is seen from its first picture on, so that nothing is missing in between. */
export class TilePicture {
  readonly #open: (track: MediaStreamTrack) => Picture
  #seen: Picture | null = null
  #next: Picture | null = null

  constructor(open: (track: MediaStreamTrack) => Picture) {
    this.#open = open
  }

  /** @param track null for a tile without a picture */
  follow(track: MediaStreamTrack | null): void {
    // What has arrived since it was last looked at is seen from now on.
    this.get()
    if (track === null) this.close()
    else if ((this.#next ?? this.#seen)?.track !== track) {
      this.#next?.close()
      this.#next = this.#seen?.track === track ? null : this.#open(track)
    }
  }

  /** Null until there is something to be seen. */
  get(): Picture | null {
    if (this.#next?.source) {
      this.#seen?.close()
      this.#seen = this.#next
      this.#next = null
    }
    return this.#seen?.source ? this.#seen : null
  }

  close(): void {
    this.#next?.close()
    this.#seen?.close()
    this.#next = null
    this.#seen = null
  }
}
