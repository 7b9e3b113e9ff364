import type { Readable } from 'node:stream'

/** Bytes from `start` to `end`, both included, as in an HTTP range (RFC 9110 §14.1.2). */
export type ByteRange = { readonly start: number; readonly end: number }

/** Free and total space in bytes, or null where there is no such limit (S3). */
export type Space = { readonly free: number; readonly total: number } | null

/**
 * Where recordings' bytes are. Keys are made by us alone: lower-case letters, digits, `-`, `.` and `/`, never from a
 * person's words. One contract suite holds the folder, S3 and the encrypted layer to the same behaviour.
 *
 * Failures are AppErrors: `unavailable` when it does not answer, `full` when there is no room, `not-found`.
 */
export interface RecordingStorage {
  /** Resolves once the bytes survive a loss of power. The same key again replaces. */
  put(key: string, bytes: Uint8Array): Promise<void>
  /** As `put`, of any length, in pieces. `length` has to be what comes; otherwise nothing is stored. */
  putStream(key: string, bytes: AsyncIterable<Uint8Array>, length: number): Promise<void>
  /** @returns its length in bytes, or null when there is none */
  size(key: string): Promise<number | null>
  /** A stream of the range, or of everything. Destroying it early costs nothing more. */
  read(key: string, range?: ByteRange): Promise<Readable>
  /** Everything below a prefix that ends in `/`. Gone when it resolves; nothing there is no error. */
  removeAll(prefix: string): Promise<void>
  remove(key: string): Promise<void>
  space(): Promise<Space>
  /** Removes what writers that were killed have left, and nothing of one that lives. */
  sweep?(): Promise<void>
}

/** Keys of a recording: `r/<id>/parts/<part>/<seq>-<digest>`, `r/<id>/files/<file>`. */
export const recordingPrefix = (recordingId: string): string => `r/${recordingId}/`
/** With its digest: of two writers of one number neither overwrites what the other has been acknowledged. */
export const chunkKey = (recordingId: string, partId: string, seq: number, sha256: Uint8Array): string =>
  `${partPrefix(recordingId, partId)}${String(seq).padStart(6, '0')}-${Buffer.from(sha256.subarray(0, 16)).toString('hex')}`
export const partPrefix = (recordingId: string, partId: string): string =>
  `${recordingPrefix(recordingId)}parts/${partId}/`
export const fileKey = (recordingId: string, fileId: string): string =>
  `${recordingPrefix(recordingId)}files/${fileId}`
