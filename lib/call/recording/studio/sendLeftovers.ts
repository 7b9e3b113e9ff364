import { browserClock } from '../../browserClock.ts'
import { fetchRecordingApi } from '../fetchRecordingApi.ts'
import { OpfsChunkStore } from '../OpfsChunkStore.ts'
import { CHUNK_FOLDER, type Waiting } from '../OwnRecording.ts'
import { ifUnclaimed } from '../partLocks.ts'
import { uploadLeftovers } from './leftovers.ts'

/** With this browser's parts, outside of a call. To be loaded when something is left. */
export async function sendLeftovers(onBacklog: (waiting: Waiting) => void): Promise<void> {
  const { locks, storage } = navigator
  const store = await OpfsChunkStore.open(storage, CHUNK_FOLDER)
  if (store === null) return
  await uploadLeftovers({
    api: fetchRecordingApi({ fetch: (...request) => fetch(...request), priority: 'low' }),
    store,
    clock: browserClock,
    random: Math.random,
    alone: (partId, work) => ifUnclaimed(locks, partId, work),
    // The server's time is not known here, and this computer's may be wrong: nothing is forgotten by it.
    serverNow: () => 0,
    onBacklog,
  })
}
