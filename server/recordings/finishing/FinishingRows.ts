import type { RecordingFileKind } from '#lib/protocol/recordings.ts'
import type { StoredRecording } from '../Recordings.ts'
import type { StoredChunk } from './storedMedia.ts'

/** A recording that is being finished here, for as long as the lease is prolonged. */
export type FinishingJob = StoredRecording & {
  readonly state: 'finishing' | 'ready' | 'failed'
  /** ms since the epoch of 0 on its time line; null when nothing was composed. */
  readonly startedAt: number | null
}

export type FinishingPart = {
  readonly id: string
  readonly composed: boolean
  readonly visitId: string | null
  readonly personName: string | null
  readonly track: string | null
  readonly startedAt: number
  /** Nothing more comes: closed, or waited for in vain. */
  readonly ripe: boolean
}

export type NewFile = {
  readonly id: string
  readonly kind: RecordingFileKind
  readonly storageKey: string
  readonly mimeType: string
  readonly bytes: number
  readonly durationMs: number
  /** Which of several. */
  readonly film: number
  readonly visitId: string | null
  readonly personName: string | null
}

/** Films that are told apart by a number: one recording's, or one person's cameras, or microphones. */
export type FilmSort = {
  readonly kinds: readonly RecordingFileKind[]
  readonly visitId: string | null
  /** How their types begin. */
  readonly type: string
}

/** What finishing reads and writes down. Every method throws AppError `unavailable` when the database is away. */
export interface FinishingRows {
  /** The recording that has waited longest for being finished, or for one of its tracks. */
  claim(holder: string): Promise<FinishingJob | null>
  /** Which of these have a lease that lives, whosever it is. */
  held(recordings: readonly string[]): Promise<readonly string[]>
  /** @returns false when it was taken from us, or deleted */
  renew(holder: string, id: string): Promise<boolean>
  /** Given back. Only what `failed` counts as an attempt; `put-off` is for whatever it needs and is away. */
  release(holder: string, id: string, outcome: 'done' | 'given-up' | 'put-off' | 'failed'): Promise<void>
  /** Closes what is open: nothing more is taken in from here on. */
  closeParts(parts: readonly string[]): Promise<void>
  parts(id: string): Promise<readonly FinishingPart[]>
  chunks(partId: string): Promise<readonly StoredChunk[]>
  /** Ids of the files that are there already. */
  files(id: string): Promise<readonly string[]>
  /** The number of the first film (or track) that is made now, after those of its sort that are there; `own` may be of them. */
  nextFilm(id: string, own: readonly string[], sort: FilmSort): Promise<number>
  /**
   * Written down, and the recording is READY.
   * @returns false when the recording is no longer ours, or deleted
   */
  addFile(holder: string, id: string, file: NewFile): Promise<boolean>
  /** Marked as that, or gone. */
  isDeleted(id: string): Promise<boolean>
  /** There is nothing to watch. */
  fail(holder: string, id: string): Promise<void>
  /** Gaps between parts, on the time line. Idempotent by their ids. */
  addGaps(id: string, gaps: readonly { id: string; atMs: number; durationMs: number }[]): Promise<void>
  /** Nothing of these parts is needed any more. */
  forgetChunks(parts: readonly string[]): Promise<void>
  removeParts(parts: readonly string[]): Promise<void>
}
