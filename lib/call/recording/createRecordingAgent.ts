import { browserClock } from '../browserClock.ts'
import { newId } from '../newId.ts'
import { fetchRecordingApi } from './fetchRecordingApi.ts'
import { openKeptRecordings } from './kept/openKeptRecordings.ts'
import { MemoryChunkStore } from './MemoryChunkStore.ts'
import { OpfsChunkStore } from './OpfsChunkStore.ts'
import { CHUNK_FOLDER } from './OwnRecording.ts'
import { claimPart, ifUnclaimed } from './partLocks.ts'
import { type AgentDeps, RecordingAgent } from './RecordingAgent.ts'
import { SpillingChunkStore } from './SpillingChunkStore.ts'
import { uploadRest } from './uploadRest.ts'

type Given = Pick<AgentDeps, 'call' | 'own' | 'demand'>

/** With this browser's parts. Loaded when something is recorded here, or is left from a former visit. */
export async function createRecordingAgent(given: Given): Promise<RecordingAgent> {
  const { locks, storage } = navigator
  const device = await OpfsChunkStore.open(storage, CHUNK_FOLDER)
  const store = device === null ? new MemoryChunkStore() : new SpillingChunkStore(device)
  // Asks the browser to keep it when space is short; it decides by itself.
  void storage.persist?.().catch(() => false)
  return new RecordingAgent({
    ...given,
    api: fetchRecordingApi({ fetch: (...request) => fetch(...request), priority: 'low' }),
    store,
    kept: await openKeptRecordings(),
    clock: browserClock,
    random: Math.random,
    newId,
    serverNow: given.call.serverNow,
    createRecorder: (stream, options) => new MediaRecorder(stream, options),
    isSupported: (type) => MediaRecorder.isTypeSupported(type),
    claim: (partId) => claimPart(locks, partId),
    alone: (partId, work) => ifUnclaimed(locks, partId, work),
    rest: (after) => uploadRest(isShort(given.call), after),
  })
}

/** Its pictures are sent smaller or slower than they should be. Nobody is in a call that is over. */
function isShort({ state }: Given['call']): boolean {
  const now = state.get()
  return now.status === 'inCall' && now.media.limited
}
