import { randomUUID } from 'node:crypto'
import type { CallState } from '#lib/call/callState.ts'
import { ComposedRecording } from '#lib/call/recording/ComposedRecording.ts'
import { MemoryChunkStore } from '#lib/call/recording/MemoryChunkStore.ts'
import type { PartDeps } from '#lib/call/recording/PartRecording.ts'
import type { ChunkStore } from '#lib/call/recording/ports.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { Store } from '#lib/store.ts'
import { FakeClock } from './FakeClock.ts'
import { FakeRecorder } from './FakeRecorder.ts'
import { FakeRecordingApi, recordingOf } from './FakeRecordingApi.ts'

type Surroundings = {
  readonly store?: ChunkStore
  /** The store's, where that has one. */
  readonly clock?: FakeClock
  readonly sinks?: (api: FakeRecordingApi, clock: FakeClock) => PartDeps['createSink']
}

/** A composed recording of a stream that lives, with its MediaRecorders, server and clock in a test's hand. */
export function composedRecording({
  store = new MemoryChunkStore(),
  clock = new FakeClock(),
  sinks,
}: Surroundings = {}) {
  const api = new FakeRecordingApi()
  const recorders: FakeRecorder[] = []
  const createSink = sinks?.(api, clock)
  const recording = new ComposedRecording(
    {
      api,
      clock,
      store,
      random: () => 0.5,
      serverNow: () => 5_000,
      newId: randomUUID,
      ...(createSink === undefined ? {} : { createSink }),
      state: new Store<CallState>({ status: 'joining' }),
      levels: new Store<ReadonlyMap<ParticipantId, number>>(new Map()),
      ownLevel: null,
      createRecorder: () => {
        const recorder = new FakeRecorder()
        recorders.push(recorder)
        return recorder
      },
    },
    {
      recordingId: recordingOf(1),
      stream: { getTracks: () => [{ readyState: 'live' }] } as unknown as MediaStream,
      mimeType: 'video/webm;codecs=vp8,opus',
      bitsPerSecond: { video: 1, audio: 1 },
    },
  )
  return { api, clock, store, recorders, recording }
}
