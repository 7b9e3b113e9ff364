import { createHash } from 'node:crypto'
import { ALL_FORMATS, CustomSource, Input } from 'mediabunny'
import { isAppError } from '#lib/errors.ts'
import { chunkKey, fileKey, type RecordingStorage } from '../RecordingStorage.ts'
import { damaged, storageAway } from '../storage/storageErrors.ts'

export type StoredChunk = { readonly seq: number; readonly sha256: Uint8Array; readonly bytes: number }

/** Chunks held while they are read through: one that is read, and the one before it. */
const HELD_CHUNKS = 2
/** Of what mediabunny keeps of a source at hand. */
const CACHE_BYTES = 4 * 1024 * 1024

/**
 * A chunk whole, as it was acknowledged.
 *
 * @throws AppError internal or not-found when it is no longer that, unavailable when the storage does not answer
 */
export async function readChunk(
  storage: RecordingStorage,
  recordingId: string,
  partId: string,
  { seq, sha256, bytes }: StoredChunk,
): Promise<Buffer> {
  const read = await bytesOf(storage, chunkKey(recordingId, partId, seq, sha256))
  if (read.length !== bytes)
    throw damaged(new Error(`chunk ${seq} has ${read.length} bytes instead of ${bytes}`))
  if (!createHash('sha256').update(read).digest().equals(sha256))
    throw damaged(new Error(`chunk ${seq} is not what its digest says`))
  return read
}

/** A part as one file: its chunks behind each other, read when they are asked for, and checked each time. */
export function openPart(
  storage: RecordingStorage,
  recordingId: string,
  partId: string,
  chunks: readonly StoredChunk[],
): Input {
  const ends: number[] = []
  for (const { bytes } of chunks) ends.push((ends.at(-1) ?? 0) + bytes)
  const held = new Map<number, Promise<Buffer>>()

  function load(index: number): Promise<Buffer> {
    const known = held.get(index)
    if (known) return known
    const chunk = chunks[index]
    if (!chunk) throw new Error('no such chunk')
    const loading = readChunk(storage, recordingId, partId, chunk)
    for (const oldest of [...held.keys()].slice(0, Math.max(0, held.size - HELD_CHUNKS + 1)))
      held.delete(oldest)
    held.set(index, loading)
    return loading
  }

  async function read(start: number, end: number): Promise<Uint8Array> {
    const pieces: Buffer[] = []
    for (let index = firstEndingAfter(ends, start), at = start; at < end; index += 1) {
      const chunkStart = index === 0 ? 0 : (ends[index - 1] ?? 0)
      const bytes = await load(index)
      pieces.push(bytes.subarray(at - chunkStart, end - chunkStart))
      at = Math.min(end, chunkStart + bytes.length)
    }
    return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)
  }

  return inputOf(() => ends.at(-1) ?? 0, read)
}

/** A finished file, read by ranges. @param bytes its length */
export function openFile(
  storage: RecordingStorage,
  recordingId: string,
  fileId: string,
  bytes: number,
): Input {
  const key = fileKey(recordingId, fileId)
  return inputOf(
    () => bytes,
    (start, end) => bytesOf(storage, key, { start, end: end - 1 }),
  )
}

function inputOf(getSize: () => number, read: (start: number, end: number) => Promise<Uint8Array>): Input {
  const source = new CustomSource({
    getSize,
    read,
    maxCacheSize: CACHE_BYTES,
    prefetchProfile: 'network',
    // Its reader sees the same failure.
    handleUnhandledError: () => undefined,
  })
  return new Input({ source, formats: ALL_FORMATS })
}

/** @throws AppError and nothing else, so that all else is what the media itself says */
async function bytesOf(storage: RecordingStorage, key: string, range?: { start: number; end: number }) {
  const pieces: Buffer[] = []
  try {
    for await (const piece of await storage.read(key, range)) pieces.push(piece)
  } catch (error) {
    throw readFailure(error)
  }
  return Buffer.concat(pieces)
}

/** A stream that breaks off: the disk cannot read this place any more, or the connection to the bucket is gone. */
function readFailure(error: unknown): unknown {
  if (isAppError(error)) return error
  return (error as { code?: unknown } | null)?.code === 'EIO' ? damaged(error) : storageAway(error)
}

/** The first index whose end lies behind `position`. */
function firstEndingAfter(ends: readonly number[], position: number): number {
  let low = 0
  let high = ends.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] ?? 0) > position) high = middle
    else low = middle + 1
  }
  return low
}
