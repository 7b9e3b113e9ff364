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

/** A timer of a worker: a page's own is slowed down to one tick a second, or a minute, while nobody looks at it. */
export function workerTimer(everyMs: number, tick: () => void): () => void {
  const source = `setInterval(() => postMessage(0), ${everyMs})`
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
  const worker = new Worker(url)
  worker.onmessage = tick
  return () => {
    worker.terminate()
    URL.revokeObjectURL(url)
  }
}
