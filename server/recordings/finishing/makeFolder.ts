import { mkdir } from 'node:fs/promises'
import { fileFailure } from '../storage/storageErrors.ts'

/** Tells a full disk from what trying again does not mend. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw fileFailure(error)
  })
}
