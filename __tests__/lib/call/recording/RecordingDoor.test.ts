import type { RecordingAgent } from '#lib/call/recording/RecordingAgent.ts'
import { RecordingDoor } from '#lib/call/recording/RecordingDoor.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'
import { FakeClock, settle } from '../../../support/FakeClock.ts'
import { FakeCall, idOf, person, roomOf } from '../../../support/fakeCall.ts'
import { roomRecordingOf, trackOf } from '../../../support/recordingAgent.ts'

/** @returns how often what records was loaded, in a page that has just come into a meeting with this recording */
async function loadedFor(recording: RoomRecording | null): Promise<number> {
  const call = new FakeCall((_, source) => trackOf(source))
  const load = jest.fn(async () => ({ look: () => undefined, close: () => undefined }) as RecordingAgent)
  const door = new RecordingDoor({ clock: new FakeClock(), hasLeftovers: async () => false, load })
  door.attach(call, () => undefined)
  call.enter(roomOf([person(0, 'Ada')], { recording }))
  await settle()
  return load.mock.calls.length
}

test.each([
  ['nothing is recorded', null, 0],
  ['it is made elsewhere', roomRecordingOf(), 0],
  ['it is somebody else’s to make', roomRecordingOf({ kind: 'local', byId: idOf(1) }), 0],
  ['it is ours to make, whichever page has asked for it', roomRecordingOf({ kind: 'device' }), 1],
  ['own tracks may be recorded', roomRecordingOf({ studio: true }), 1],
])('[REC-203] what records is loaded where it is needed: %s', async (_, recording, times) => {
  expect(await loadedFor(recording)).toBe(times)
})
