import { isAppError } from '#lib/errors.ts'
import { chunkKey, partPrefix, type RecordingStorage } from '../RecordingStorage.ts'
import { damaged } from '../storage/storageErrors.ts'
import type { FinishingRows } from './FinishingRows.ts'

export type RemovalDeps = {
  readonly rows: Pick<FinishingRows, 'chunks' | 'forgetChunks' | 'removeParts'>
  readonly storage: RecordingStorage
  /** Throws when the recording is no longer certainly ours. */
  readonly check: () => void
}

/**
 * Parts of which files were made. That there was something in them goes first: cut off, this is done again and misses
 * nothing. Then bytes before rows, for bytes without a row are never found.
 *
 * @throws AppError internal, when all else is done, where nothing is there of a part
 */
export async function removeParts(
  deps: RemovalDeps,
  recordingId: string,
  parts: readonly { readonly id: string }[],
): Promise<void> {
  const gone: string[] = []
  const done: string[] = []
  for (const { id } of parts) {
    const nothing = await isGone(deps, recordingId, id)
    // Prevents: whoever has taken the recording over meanwhile has removed it, and it is missed.
    deps.check()
    const which = nothing ? gone : done
    which.push(id)
  }
  await deps.rows.forgetChunks(done)
  for (const id of done) await deps.storage.removeAll(partPrefix(recordingId, id))
  await deps.rows.removeParts(done)
  if (gone.length > 0) throw damaged(new Error(`nothing is there of the parts ${gone.join(', ')}`))
}

/** Chunks were acknowledged, and not one of them is there: their rows stay, for the bytes may come back. */
async function isGone({ rows, storage }: RemovalDeps, recordingId: string, partId: string): Promise<boolean> {
  const chunks = await rows.chunks(partId)
  for (const { seq, sha256 } of chunks)
    if (await isThere(storage, chunkKey(recordingId, partId, seq, sha256))) return false
  return chunks.length > 0
}

/** Damaged is there. */
const isThere = (storage: RecordingStorage, key: string): Promise<boolean> =>
  storage.size(key).then(
    (size) => size !== null,
    (error: unknown) => {
      if (isAppError(error) && error.code === 'internal') return true
      throw error
    },
  )
