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
  const own = track.clone()
  const processor = trackProcessor(own)
  if (processor !== null) return new FramePicture(track, own, processor.readable)
  own.stop()
  return new ElementPicture(track)
}

/** Longer than from one picture to the next of anything that moves. */
const LAST_FRAME_MS = 250

class FramePicture implements Picture {
  readonly track: MediaStreamTrack
  readonly #own: MediaStreamTrack
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>
  #frame: VideoFrame | null = null
  #closed = false

  /** @param own a copy of the track, which ends with this */
  constructor(track: MediaStreamTrack, own: MediaStreamTrack, frames: ReadableStream<VideoFrame>) {
    this.track = track
    this.#own = own
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

  /**
   * Chromium loses a frame that is on its way to a read while the track is stopped, or the stream cancelled, and nobody
   * can close it: it holds its camera's memory until it is collected. So the next frame is waited for, and then nothing
   * is being read when the track stops.
   */
  close(): void {
    this.#closed = true
    this.#frame?.close()
    this.#frame = null
    setTimeout(() => this.#own.stop(), LAST_FRAME_MS)
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read()
      if (done) return
      this.#frame?.close()
      this.#frame = null
      if (this.#closed) {
        value.close()
        this.#own.stop()
        return
      }
      this.#frame = value
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
