import { browserClock } from '../browserClock.ts'
import { newId } from '../newId.ts'
import { fetchRecordingApi } from './fetchRecordingApi.ts'
import { MemoryChunkStore } from './MemoryChunkStore.ts'
import { OpfsChunkStore } from './OpfsChunkStore.ts'
import { claimPart, ifUnclaimed } from './partLocks.ts'
import { type AgentDeps, RecordingAgent } from './RecordingAgent.ts'

/**
 * A person's uplink carries their meeting first: while it is short of room, a chunk waits, but never for long. A sender can
 * be held back for a whole meeting, by its processor as well, and an upload that stood still would not arrive at all.
 */
const WAIT_MS = 500
const MOST_WAITS = 4

type Given = Pick<AgentDeps, 'call' | 'own' | 'startedHere' | 'demand'>

/** With this browser's parts. Loaded when something is recorded here, or is left from a former visit. */
export async function createRecordingAgent(given: Given): Promise<RecordingAgent> {
  const { locks, storage } = navigator
  const store = (await OpfsChunkStore.open(storage)) ?? new MemoryChunkStore()
  // Asks the browser to keep it when space is short; it decides by itself.
  void storage.persist?.().catch(() => false)
  return new RecordingAgent({
    ...given,
    api: fetchRecordingApi({ fetch: (...request) => fetch(...request), priority: 'low' }),
    store,
    clock: browserClock,
    random: Math.random,
    newId,
    serverNow: given.call.serverNow,
    createRecorder: (stream, options) => new MediaRecorder(stream, options),
    isSupported: (type) => MediaRecorder.isTypeSupported(type),
    claim: (partId) => claimPart(locks, partId),
    alone: (partId, work) => ifUnclaimed(locks, partId, work),
    pace: () => untilUplinkIsFree(given.call),
  })
}

/** Two seconds at most for each chunk; when the call is over, none. */
async function untilUplinkIsFree(call: Given['call']): Promise<void> {
  for (let waits = 0; waits < MOST_WAITS; waits += 1) {
    const state = call.state.get()
    if (state.status !== 'inCall' || !state.media.limited) return
    await new Promise<void>((resolve) => void browserClock.after(WAIT_MS, resolve))
  }
}
