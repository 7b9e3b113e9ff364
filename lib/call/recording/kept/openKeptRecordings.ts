import { OpfsChunkStore } from '../OpfsChunkStore.ts'
import { COPY_FOLDER, KEPT_FOLDER } from '../OwnRecording.ts'
import { ifUnclaimed } from '../partLocks.ts'
import { JoinedFiles } from './JoinedFiles.ts'
import { KeptRecordings } from './KeptRecordings.ts'

/** With this browser's own file system. @returns null where it has none, or forbids it: then nothing is kept here */
export async function openKeptRecordings(): Promise<KeptRecordings | null> {
  const { locks, storage } = navigator
  const kept = await OpfsChunkStore.open(storage, KEPT_FOLDER)
  const copy = await OpfsChunkStore.open(storage, COPY_FOLDER)
  if (kept === null || copy === null) return null
  return new KeptRecordings({
    stores: { kept, copy },
    files: new JoinedFiles(storage),
    alone: (id, work) => ifUnclaimed(locks, id, work),
    join: async (parts, file) => (await import('#lib/media/joinBlobs.ts')).joinBlobs(parts, file),
  })
}
