/** What this browser itself records, as the person at it is told. Seconds that wait are chunks that wait. */
export type OwnRecording = {
  /** The whole meeting, by this host. `failed`: this browser cannot, or can no more. */
  readonly meeting: null | {
    readonly status: 'recording' | 'finishing' | 'failed'
    readonly secondsToUpload: number
  }
  /** Own microphone and camera. */
  readonly tracks: null | { readonly status: 'recording' | 'finishing'; readonly secondsToUpload: number }
  /** Of a former visit. */
  readonly leftoverSeconds: number
}

export const NOTHING_OF_OUR_OWN: OwnRecording = { meeting: null, tracks: null, leftoverSeconds: 0 }

/** In the browser's own file system: where chunks wait until the server has them. */
export const CHUNK_FOLDER = 'parley-recordings'
