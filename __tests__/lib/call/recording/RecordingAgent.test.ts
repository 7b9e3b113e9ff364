import { settle } from '../../../support/FakeClock.ts'
import { recordingOf } from '../../../support/FakeRecordingApi.ts'
import { recordingAgent, roomRecordingOf } from '../../../support/recordingAgent.ts'
import { installRecordingBrowser } from '../../../support/recordingBrowser.ts'

installRecordingBrowser()

const SOUND = 'audio/webm;codecs=opus'
const PICTURE = 'video/webm;codecs=vp8'
const FILM = 'video/webm;codecs=vp8,opus'

describe('[REC-200] nobody is recorded who is not in the meeting', () => {
  const begun = async () => {
    const given = recordingAgent({ startedHere: () => recordingOf(1) })
    const { enter, self } = given
    const recording = roomRecordingOf({ kind: 'local', studio: true, agreed: [self] })
    enter(recording)
    await settle()
    return { ...given, recording }
  }

  test('at the door again: own tracks and the meeting end, and begin anew when they are let in', async () => {
    const { call, running, enter, recording, own } = await begun()
    expect(running().sort()).toEqual([SOUND, PICTURE, FILM])
    call.state.set({ status: 'waiting' })
    await settle()
    expect(running()).toEqual([])
    expect(own.get()).toMatchObject({ meeting: null, tracks: null })
    enter(recording)
    await settle()
    expect(running().sort()).toEqual([SOUND, PICTURE, FILM])
  })

  test('a lost connection is not the door: everything goes on', async () => {
    const { call, running } = await begun()
    call.state.update((state) =>
      state.status === 'inCall' ? { ...state, connection: 'reconnecting' } : state,
    )
    await settle()
    expect(running()).toHaveLength(3)
  })
})
