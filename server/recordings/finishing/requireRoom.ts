import { statfs } from 'node:fs/promises'
import type { RecordingStorage } from '../RecordingStorage.ts'
import { fileFailure, noSpace } from '../storage/storageErrors.ts'

/**
 * For a file of so many bytes: once in the folder where it is made, whatever the storage, and, where the storage has an
 * end, twice there, for the folder may be on the same disk. A disk without it is not filled to its last byte: others write
 * on it too.
 *
 * @param folder that is there
 * @throws AppError full; it is tried again
 */
export async function requireRoom(
  storage: Pick<RecordingStorage, 'space'>,
  folder: string,
  bytes: number,
): Promise<void> {
  const [scratch, kept] = await Promise.all([freeIn(folder), storage.space()])
  requireFree(scratch, bytes, folder)
  if (kept !== null) requireFree(kept.free, 2 * bytes, 'where recordings are kept')
}

function requireFree(free: number, needed: number, where: string): void {
  if (free < needed) throw noSpace(new Error(`${needed} bytes are needed in ${where}, ${free} are free`))
}

async function freeIn(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch (error) {
    throw fileFailure(error)
  }
}
