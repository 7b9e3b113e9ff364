import type { ChunkFolder } from './OwnRecording.ts'

/** Whether a former page has left anything there. Asked before what sends or saves it is loaded. */
export async function keepsAnything(
  storage: Pick<StorageManager, 'getDirectory'>,
  folders: readonly ChunkFolder[],
): Promise<boolean> {
  const root = await storage.getDirectory()
  for await (const [name, handle] of root.entries()) {
    if (!folders.some((folder) => folder === name)) continue
    const { done } = await (handle as FileSystemDirectoryHandle).entries().next()
    if (!done) return true
  }
  return false
}
