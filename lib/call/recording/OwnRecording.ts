/** What is recorded and not yet with the server. A chunk is about a second. */
export type Waiting = { readonly seconds: number; readonly bytes: number }

export const NOTHING_WAITS: Waiting = { seconds: 0, bytes: 0 }

/** What this browser itself records, as the person at it is told. */
export type OwnRecording = {
  /** The whole meeting, by this host. `failed`: this browser cannot, or can no more. */
  readonly meeting: null | {
    readonly status: 'recording' | 'finishing' | 'failed'
    readonly waiting: Waiting
  }
  /** Own microphone and camera. */
  readonly tracks: null | { readonly status: 'recording' | 'finishing'; readonly waiting: Waiting }
  /** Of a former visit. */
  readonly leftover: Waiting
}

export const NOTHING_OF_OUR_OWN: OwnRecording = { meeting: null, tracks: null, leftover: NOTHING_WAITS }

/** In the browser's own file system: where chunks wait until the server has them. */
export const CHUNK_FOLDER = 'parley-recordings'
