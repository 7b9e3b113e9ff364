import { trackProcessor } from '../browserSupport.ts'

/** The newest picture of a track, to be drawn at any time, in a hidden tab as well where the browser can. */
export interface Picture {
  readonly track: MediaStreamTrack
  /** Null until there is one. */
  readonly source: CanvasImageSource | null
  /** The same as pixels, where it is: put where they belong they take a tenth of the time. */
  readonly pixels?: ImageData | null
  /** Another number when it may be another picture. */
  readonly version: number
  readonly width: number
  readonly height: number
  close(): void
}

/**
 * `frames`: drawn as they come, which is best where a graphics processor draws. `copies`: each is copied into pixels first.
 * In a browser without one that takes a quarter of the time: drawing a frame in software converts its colours pixel by pixel.
 */
export type PictureKind = 'frames' | 'copies'

export const openPicture = (track: MediaStreamTrack, kind: PictureKind): Picture => {
  const own = track.clone()
  // It is copied as it is: LiveKit disables a track while it is muted, and its copy would stay black for ever.
  own.enabled = true
  const processor = trackProcessor(own)
  if (processor !== null) {
    const stream = new FrameStream(track, own, processor.readable)
    return kind === 'copies' ? new CopiedPicture(track, stream) : new FramePicture(track, stream)
  }
  own.stop()
  return new ElementPicture(track)
}

/** Together longer than from one picture to the next of anything that moves, on a machine that has no time as well. */
const LAST_FRAME_WAITS = 4
/** In steps, as a page that was busy for longer finds the frame and the end of its wait due at once, in either order. */
const LAST_FRAME_WAIT_MS = 500

/** The frames of a copy of a track, which ends with this. Of what the track itself would not show there are none. */
class FrameStream {
  readonly #track: MediaStreamTrack
  readonly #own: MediaStreamTrack
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>
  #closed = false

  constructor(track: MediaStreamTrack, own: MediaStreamTrack, frames: ReadableStream<VideoFrame>) {
    this.#track = track
    this.#own = own
    this.#reader = frames.getReader()
  }

  /** Until it is closed or the track ends; the next frame is read when `take` is done. `take` closes what it is given. */
  read(take: (frame: VideoFrame) => Promise<void> | void): void {
    // A track that fails shows what it showed last.
    void this.#readAll(take).catch(() => undefined)
  }

  /**
   * Chromium loses a frame that is on its way to a read while the track is stopped, or the stream cancelled, and nobody
   * can close it: it holds its camera's memory until it is collected. So the next frame is waited for, and then nothing
   * is being read when the track stops.
   */
  close(): void {
    this.#closed = true
    this.#stopAfter(LAST_FRAME_WAITS)
  }

  #stopAfter(waits: number): void {
    if (waits === 0) this.#own.stop()
    else setTimeout(() => this.#stopAfter(waits - 1), LAST_FRAME_WAIT_MS)
  }

  async #readAll(take: (frame: VideoFrame) => Promise<void> | void): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read()
      if (done) return
      if (this.#closed) {
        value.close()
        this.#own.stop()
        return
      }
      if (this.#track.enabled) await take(value)
      else value.close()
    }
  }
}

class FramePicture implements Picture {
  readonly track: MediaStreamTrack
  readonly #stream: FrameStream
  #frame: VideoFrame | null = null
  version = 0

  constructor(track: MediaStreamTrack, stream: FrameStream) {
    this.track = track
    this.#stream = stream
    stream.read((frame) => this.#take(frame))
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
    this.#stream.close()
    this.#frame?.close()
    this.#frame = null
  }

  #take(frame: VideoFrame): void {
    this.#frame?.close()
    this.#frame = frame
    this.version += 1
  }
}

/** `VideoFrame` with how it is to be turned (W3C WebCodecs §9.4), which TypeScript's DOM does not have. */
type TurnedFrame = VideoFrame & { readonly rotation?: number; readonly flip?: boolean }

class CopiedPicture implements Picture {
  readonly track: MediaStreamTrack
  readonly #stream: FrameStream
  readonly #canvas = new OffscreenCanvas(1, 1)
  readonly #context = this.#canvas.getContext('2d', { alpha: false, willReadFrequently: true })
  #pixels: ImageData | null = null
  /** What the canvas shows is not the newest. */
  #stale = false
  version = 0

  constructor(track: MediaStreamTrack, stream: FrameStream) {
    this.track = track
    this.#stream = stream
    stream.read((frame) => this.#take(frame))
  }

  get source(): CanvasImageSource | null {
    if (this.version === 0) return null
    if (this.#stale && this.#pixels !== null) {
      this.#resize(this.#pixels.width, this.#pixels.height)
      this.#context?.putImageData(this.#pixels, 0, 0)
      this.#stale = false
    }
    return this.#canvas
  }

  get pixels(): ImageData | null {
    return this.#pixels
  }

  get width(): number {
    return this.#pixels?.width ?? this.#canvas.width
  }

  get height(): number {
    return this.#pixels?.height ?? this.#canvas.height
  }

  close(): void {
    this.#stream.close()
  }

  async #take(frame: TurnedFrame): Promise<void> {
    try {
      // A copy has the pixels as they lie in memory: what is to be turned is drawn.
      const turned = (frame.rotation ?? 0) !== 0 || frame.flip === true
      this.#pixels = turned ? null : await this.#copy(frame)
      if (this.#pixels === null) this.#draw(frame)
      else this.#stale = true
      this.version += 1
    } finally {
      frame.close()
    }
  }

  /** @returns null for a frame of which this browser makes no copy */
  async #copy(frame: VideoFrame): Promise<ImageData | null> {
    const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight }
    const fits = this.#pixels?.width === width && this.#pixels.height === height
    const pixels = fits && this.#pixels !== null ? this.#pixels : new ImageData(width, height)
    try {
      await frame.copyTo(pixels.data, { format: 'RGBA' })
      return pixels
    } catch {
      return null
    }
  }

  #draw(frame: VideoFrame): void {
    this.#resize(frame.displayWidth, frame.displayHeight)
    this.#context?.drawImage(frame, 0, 0)
    this.#stale = false
  }

  /** Setting a canvas's size empties it, also to the same. */
  #resize(width: number, height: number): void {
    if (this.#canvas.width === width && this.#canvas.height === height) return
    Object.assign(this.#canvas, { width, height })
  }
}

class ElementPicture implements Picture {
  readonly track: MediaStreamTrack
  readonly #video = document.createElement('video')
  #looks = 0

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

  /** An element does not say, in every browser, whether it shows another picture. */
  get version(): number {
    this.#looks += 1
    return this.#looks
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
