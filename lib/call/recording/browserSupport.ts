/**
 * Insertable streams as Chromium has them in a window (W3C mediacapture-transform): pictures in and out of a track
 * without a video element, which stands still in a tab that nobody looks at.
 */
type TrackProcessor = { readonly readable: ReadableStream<VideoFrame> }
type TrackGenerator = MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> }

type WithInsertableStreams = {
  readonly MediaStreamTrackProcessor?: new (init: {
    track: MediaStreamTrack
    maxBufferSize?: number
  }) => TrackProcessor
  readonly MediaStreamTrackGenerator?: new (init: { kind: 'video' }) => TrackGenerator
}

const insertable = (): WithInsertableStreams => globalThis as WithInsertableStreams

/** @returns null where a video element has to do */
export function trackProcessor(track: MediaStreamTrack): TrackProcessor | null {
  const { MediaStreamTrackProcessor } = insertable()
  return MediaStreamTrackProcessor === undefined
    ? null
    : new MediaStreamTrackProcessor({ track, maxBufferSize: 1 })
}

/** @returns null where `canvas.captureStream` has to do */
export function trackGenerator(): TrackGenerator | null {
  const { MediaStreamTrackGenerator } = insertable()
  return MediaStreamTrackGenerator === undefined ? null : new MediaStreamTrackGenerator({ kind: 'video' })
}

/**
 * A timer of a worker: a page's own is slowed down to one tick a second, or a minute, while nobody looks at it. The next
 * tick waits for the last one's end, and, unless it is to be `steady`, at least as long as that took: where ticks are too
 * much for the machine there are fewer of them, and half of the page's time is left to everything else.
 */
export function workerTimer(everyMs: number, tick: () => void, steady: boolean): () => void {
  const url = URL.createObjectURL(new Blob([pacing(everyMs)], { type: 'text/javascript' }))
  const worker = new Worker(url)
  worker.onmessage = () => {
    const startedAt = performance.now()
    tick()
    worker.postMessage(steady ? 0 : performance.now() - startedAt)
  }
  worker.postMessage(0)
  return () => {
    worker.terminate()
    URL.revokeObjectURL(url)
  }
}

/** Runs in the worker: told how long to rest at least, it says when the next tick is due. */
const pacing = (everyMs: number): string => `
  let due = performance.now()
  onmessage = ({ data: restMs }) => {
    const now = performance.now()
    due = Math.max(due + ${everyMs}, now + restMs)
    setTimeout(() => postMessage(0), due - now)
  }`
