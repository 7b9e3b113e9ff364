import type { RecordingId } from '#lib/protocol/ids.ts'

/** What is recorded and not yet with the server. A chunk is about a second. */
export type Waiting = { readonly seconds: number; readonly bytes: number }

export const NOTHING_WAITS: Waiting = { seconds: 0, bytes: 0 }

/**
 * What becomes of the meeting that this browser records: `sent` to the server, `kept` here alone, or a `copy`, which is kept
 * here beside what a recorder makes (REC-220).
 */
export type OwnFilm = 'sent' | 'kept' | 'copy'

/** What this browser itself records, as the person at it is told. */
export type OwnRecording = {
  /** The whole meeting, by this host. `failed`: this browser cannot, or can no more; `full`: this device has no room. */
  readonly meeting: null | {
    readonly status: 'recording' | 'finishing' | 'failed' | 'full'
    readonly waiting: Waiting
    readonly film: OwnFilm
  }
  /** Own microphone and camera. `failed`, `full`: at least one of them is not recorded now, for the same reasons. */
  readonly tracks: null | {
    readonly status: 'recording' | 'finishing' | 'failed' | 'full'
    readonly waiting: Waiting
  }
  /** Of a former visit. */
  readonly leftover: Waiting
  /** Recordings that stay on this device, are over, and are no file yet: of this visit and of former ones. */
  readonly kept: readonly RecordingId[]
}

export const NOTHING_OF_OUR_OWN: OwnRecording = {
  meeting: null,
  tracks: null,
  leftover: NOTHING_WAITS,
  kept: [],
}

/** In the browser's own file system: where chunks wait until the server has them. */
export const CHUNK_FOLDER = 'parley-recordings'
/** Where chunks stay that never leave this device. Apart, so that nothing can take them for what is to be sent. */
export const KEPT_FOLDER = 'parley-kept-recordings'
/** The same, of what a recorder has recorded as well: to be deleted with a lighter heart. */
export const COPY_FOLDER = 'parley-recording-copies'
export type ChunkFolder = typeof CHUNK_FOLDER | typeof KEPT_FOLDER | typeof COPY_FOLDER
