import { trackProcessor } from '../browserSupport.ts'

/** The newest picture of a track, to be drawn at any time, in a hidden tab as well where the browser can. */
export interface Picture {
  readonly track: MediaStreamTrack
  /** Null until there is one. */
  readonly source: CanvasImageSource | null
  readonly width: number
  readonly height: number
  close(): void
}

export const openPicture = (track: MediaStreamTrack): Picture => {
  const processor = trackProcessor(track)
  return processor === null ? new ElementPicture(track) : new FramePicture(track, processor.readable)
}

class FramePicture implements Picture {
  readonly track: MediaStreamTrack
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>
  #frame: VideoFrame | null = null
  #closed = false

  constructor(track: MediaStreamTrack, frames: ReadableStream<VideoFrame>) {
    this.track = track
    this.#reader = frames.getReader()
    void this.#read().catch(() => undefined)
  }

  get source(): CanvasImageSource | null {
    return this.#frame
  }

  get width(): number {
    return this.#frame?.displayWidth ?? 0
  }

  get height(): number {
    return this.#frame?.displayHeight ?? 0
  }

  close(): void {
    this.#closed = true
    void this.#reader.cancel().catch(() => undefined)
    this.#frame?.close()
    this.#frame = null
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read()
      if (done) return
      this.#frame?.close()
      this.#frame = this.#closed ? null : value
      // Was on its way when this was closed: a frame that nobody closes holds its camera's memory.
      if (this.#closed) value.close()
    }
  }
}

class ElementPicture implements Picture {
  readonly track: MediaStreamTrack
  readonly #video = document.createElement('video')

  constructor(track: MediaStreamTrack) {
    this.track = track
    this.#video.muted = true
    this.#video.playsInline = true
    this.#video.srcObject = new MediaStream([track])
    void this.#video.play().catch(() => undefined)
  }

  get source(): CanvasImageSource | null {
    return this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? this.#video : null
  }

  get width(): number {
    return this.#video.videoWidth
  }

  get height(): number {
    return this.#video.videoHeight
  }

  close(): void {
    this.#video.srcObject = null
  }
}
