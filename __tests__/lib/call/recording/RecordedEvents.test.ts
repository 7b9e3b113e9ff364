import { type CallState, NO_MEDIA } from '#lib/call/callState.ts'
import { RecordedEvents } from '#lib/call/recording/RecordedEvents.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'
import { Store } from '#lib/store.ts'
import { FakeClock } from '../../../support/FakeClock.ts'
import { FakeRecordingApi, recordingOf } from '../../../support/FakeRecordingApi.ts'
import { roomOf } from '../../../support/fakeCall.ts'
import { idOf, participantOf } from '../../../support/meshRoom.ts'

const ASKED: RoomRecording = {
  id: recordingOf(1),
  kind: 'server',
  status: 'running',
  interruption: null,
  startedAt: 1_000,
  by: 'Ada',
  byId: null,
  studio: false,
  copy: false,
  consent: 'asked',
  agreed: [idOf(1)],
  declined: [idOf(2)],
}
const ADA = participantOf(1, { name: 'Ada' })
const BEN = participantOf(2, { name: 'Ben' })

function setUp(recording: RoomRecording | null) {
  const clock = new FakeClock()
  const api = new FakeRecordingApi()
  const inCall = (now: RoomRecording | null, people = [ADA, BEN]): CallState => ({
    status: 'inCall',
    room: roomOf(people, { recording: now }),
    connection: 'connected',
    media: NO_MEDIA,
    pending: [],
  })
  const state = new Store<CallState>(inCall(recording))
  const levels = new Store<ReadonlyMap<ParticipantId, number>>(new Map())
  let ids = 0
  const newId = () => `00000007-0000-4000-8000-${String(++ids).padStart(12, '0')}`
  const deps = { api, clock, state, levels, ownLevel: null, serverNow: clock.now, newId }
  const events = new RecordedEvents(deps, recordingOf(1))
  /** Everybody speaks for two seconds, and a breath after it. */
  const speak = async () => {
    levels.set(new Map([ADA, BEN].map(({ id }) => [id, 0.5])))
    await clock.advance(2_000)
    levels.set(new Map())
    await clock.advance(2_000)
  }
  return {
    api,
    state,
    events,
    inCall,
    speak,
    told: () => api.events.map(({ type, name }) => `${name} ${type}`),
  }
}

test('[REC-65] nothing is told of those who have not agreed: neither that they came, nor that they spoke', async () => {
  const given = setUp(ASKED)
  await given.speak()
  given.state.set(
    given.inCall(ASKED, [ADA, { ...BEN, handRaisedAt: 5, media: { ...BEN.media, screen: true } }]),
  )
  await given.events.stop()
  expect(given.told()).toEqual(['Ada joined', 'Ada spoke'])
})

test('[REC-65] from when they agree, they are told of', async () => {
  const given = setUp(ASKED)
  given.state.set(given.inCall({ ...ASKED, agreed: [ADA.id, BEN.id], declined: [] }))
  await given.speak()
  await given.events.stop()
  expect(given.told()).toEqual(['Ada joined', 'Ben joined', 'Ada spoke', 'Ben spoke'])
})

test('[REC-66] that the recording is over is not that everybody left', async () => {
  const given = setUp({ ...ASKED, consent: 'told' })
  given.state.set(given.inCall(null))
  await given.events.stop()
  expect(given.told()).toEqual(['Ada joined', 'Ben joined'])
})
