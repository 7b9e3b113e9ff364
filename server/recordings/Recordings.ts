import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RecorderDesk } from './RecorderDesk.ts'
import type { RecordingJobs } from './RecordingJobs.ts'
import type { RecordingStorage } from './RecordingStorage.ts'

/** What of a recording's row says how its bytes are stored. */
export type StoredRecording = { readonly id: string; readonly wrappedKey: Uint8Array | null }

export type ClipFormat = 'webm' | 'mp4'

export type Clip = {
  /** Of its RecordingFile, of kind `clip`. */
  readonly fileId: string
  /** On the recording's time line: where it really begins, at most one key frame before what was asked for. */
  readonly fromMs: number
  readonly toMs: number
}

/** Captions as they are kept: WebVTT of our own making. */
export type Transcript = {
  readonly content: Uint8Array
  /** Until when something is said. */
  readonly durationMs: number
  readonly captions: number
}

/** Recordings of this process, as route handlers and the room reach them. */
export interface Recordings {
  readonly jobs: RecordingJobs
  readonly desk: RecorderDesk
  /**
   * The storage through which one recording's bytes are read and written: deciphered where it has a key.
   * @throws AppError unavailable when its key was wrapped by a master key that is not configured here
   */
  storageOf(recording: StoredRecording): RecordingStorage
  /**
   * From here on nobody sees it: its row is marked, its shares open nothing. Its bytes are removed at once, or, when
   * the storage is away, later and until it is done. Idempotent.
   */
  deleteRecording(id: string): Promise<void>
  /**
   * A piece as a file of its own, made by copying: it begins with the last key frame at or before `fromMs` and ends with
   * the last frame before `toMs`.
   * @throws AppError not-found, invalid-request (an empty piece), full (no space), conflict (too many of them),
   *   rate-limited (another one is being cut), unavailable
   */
  cutClip(recordingId: string, fromMs: number, toMs: number, format: ClipFormat): Promise<Clip>
  /**
   * Its bytes first, then its row: interrupted in between it is deleted again.
   * @throws AppError not-found, unavailable
   */
  deleteClip(recordingId: string, fileId: string): Promise<void>
  /**
   * The recording's one transcript, in place of the one before, which stays until this one is safe.
   * @throws AppError not-found, full (no space), unavailable
   */
  keepTranscript(
    recordingId: string,
    transcript: Transcript,
  ): Promise<{ readonly fileId: string; readonly replaced: boolean }>
  /** @throws AppError not-found, unavailable */
  removeTranscript(recordingId: string): Promise<void>
  /** For the HTTP pipeline. @returns false when the request is not for the intake */
  handleRequest(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  /** Ends its workers; what they were at goes on with the next start. */
  close(): Promise<void>
}
