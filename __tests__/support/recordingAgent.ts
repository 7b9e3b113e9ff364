import { randomUUID } from 'node:crypto'
import { MemoryChunkStore } from '#lib/call/recording/MemoryChunkStore.ts'
import { NOTHING_OF_OUR_OWN, type OwnRecording } from '#lib/call/recording/OwnRecording.ts'
import type { RecorderOptions } from '#lib/call/recording/ports.ts'
import { type AgentDeps, RecordingAgent } from '#lib/call/recording/RecordingAgent.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'
import { Store } from '#lib/store.ts'
import { FakeClock } from './FakeClock.ts'
import { FakeTrack } from './FakeDevices.ts'
import { FakeRecorder } from './FakeRecorder.ts'
import { FakeRecordingApi, recordingOf } from './FakeRecordingApi.ts'
import { FakeCall, idOf, person, roomOf } from './fakeCall.ts'

/** Of our own meeting, by us, seat 0. */
export const roomRecordingOf = (change: Partial<RoomRecording> = {}): RoomRecording => ({
  id: recordingOf(1),
  kind: 'server',
  status: 'running',
  interruption: null,
  startedAt: 1,
  by: 'Ada',
  byId: idOf(0),
  studio: false,
  copy: false,
  consent: 'told',
  agreed: [],
  declined: [],
  ...change,
})

export type StartedRecorder = FakeRecorder & {
  readonly stream: MediaStream
  readonly mimeType: string | undefined
}

/** What this browser records of a call, with call, MediaRecorders, server and clock in a test's hand. */
export function recordingAgent(change: Partial<AgentDeps> = {}) {
  const api = new FakeRecordingApi()
  const clock = new FakeClock()
  const store = new MemoryChunkStore()
  const call = new FakeCall((_, source) => trackOf(source))
  const own = new Store<OwnRecording>(NOTHING_OF_OUR_OWN)
  const recorders: StartedRecorder[] = []
  const browser = { refuses: false }
  const createRecorder = (stream: MediaStream, { mimeType }: RecorderOptions): StartedRecorder => {
    if (browser.refuses) throw new DOMException('not these tracks', 'NotSupportedError')
    const recorder = Object.assign(new FakeRecorder(), { stream, mimeType })
    recorders.push(recorder)
    return recorder
  }
  const deps: AgentDeps = {
    api,
    clock,
    store,
    call,
    own,
    createRecorder,
    random: () => 0.5,
    serverNow: () => 5_000,
    newId: randomUUID,
    alone: (_, work) => work(),
    demand: () => undefined,
    isSupported: () => true,
    kept: null,
    ...change,
  }
  /** Into the call, with our own microphone and camera on, and this recording in the room. */
  const enter = (recording: RoomRecording | null): void => {
    const silent = { microphone: false, camera: false, screen: false }
    call.enter(
      roomOf([person(0, 'Ada', { media: silent }), person(1, 'Grace', { media: silent })], { recording }),
    )
    call.sendOwn({ microphone: true, camera: true, screen: false })
  }
  /** What is being recorded now, by its type. */
  const running = () => recorders.filter(({ state }) => state === 'recording').map(({ mimeType }) => mimeType)
  return {
    agent: new RecordingAgent(deps),
    api,
    clock,
    store,
    call,
    own,
    recorders,
    browser,
    enter,
    running,
    self: idOf(0),
  }
}

export const trackOf = (source: string): MediaStreamTrack =>
  new FakeTrack(
    source === 'camera' || source === 'screen' ? 'video' : 'audio',
    source,
  ) as unknown as MediaStreamTrack
