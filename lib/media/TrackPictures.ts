import { CanvasSink, type Input, type WrappedCanvas } from 'mediabunny'
import { openTrack } from './trackInput.ts'

export type TrackPicture = {
  readonly source: CanvasImageSource
  readonly width: number
  readonly height: number
}

/** A picture that stands for longer is that of a camera that was off meanwhile, s. */
const STANDS_AT_MOST = 1.5
/** One is shown, one waits, one is being drawn. */
const CANVASES = 3

/** One person's cameras, one after another or by turns: what is to be seen of them at a moment. Time goes forward. */
export class TrackPictures {
  readonly #inputs: readonly Input[]
  #cameras: Camera[] = []

  constructor(urls: readonly string[]) {
    this.#inputs = urls.map(openTrack)
  }

  /** @returns when the last one ends, s; 0 when there is none */
  async open(): Promise<number> {
    const ends = await Promise.all(
      this.#inputs.map(async (input) => {
        const track = await input.getPrimaryVideoTrack()
        if (track === null) return 0
        this.#cameras.push(new Camera(new CanvasSink(track, { poolSize: CANVASES })))
        return track.computeDuration()
      }),
    )
    return Math.max(0, ...ends)
  }

  /** @param seconds not before that of the last call */
  async at(seconds: number): Promise<TrackPicture | null> {
    const shown = await Promise.all(this.#cameras.map((camera) => camera.at(seconds)))
    const newest = shown
      .filter((one) => one !== null)
      .reduce<WrappedCanvas | null>(
        (best, one) => (best && best.timestamp > one.timestamp ? best : one),
        null,
      )
    if (newest === null || seconds - newest.timestamp > STANDS_AT_MOST) return null
    const { canvas } = newest
    return { source: canvas, width: canvas.width, height: canvas.height }
  }

  close(): void {
    for (const camera of this.#cameras) camera.close()
    this.#cameras = []
    for (const input of this.#inputs) input.dispose()
  }
}

/** Decodes each picture once. */
class Camera {
  readonly #pictures: AsyncGenerator<WrappedCanvas, void, unknown>
  #now: WrappedCanvas | null = null
  #next: WrappedCanvas | null = null
  #begun = false

  constructor(sink: CanvasSink) {
    this.#pictures = sink.canvases()
  }

  async at(seconds: number): Promise<WrappedCanvas | null> {
    if (!this.#begun) this.#next = await this.#decode()
    this.#begun = true
    while (this.#next !== null && this.#next.timestamp <= seconds) {
      this.#now = this.#next
      this.#next = await this.#decode()
    }
    return this.#now
  }

  close(): void {
    void this.#pictures.return().catch(() => undefined)
  }

  async #decode(): Promise<WrappedCanvas | null> {
    const { value } = await this.#pictures.next()
    return value ?? null
  }
}
