import type { LocalMedia } from '#lib/call/callState.ts'
import type { EngineState, RemoteMedia } from '#lib/call/ports.ts'
import { composedSounds, composedTiles } from '#lib/call/recording/composed/composedTiles.ts'
import type { Participant } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'
import { recordingOf } from '../../../../support/FakeRecordingApi.ts'
import { idOf, participantOf } from '../../../../support/meshRoom.ts'

const track = (id: string) => ({ id }) as MediaStreamTrack
const NOTHING: LocalMedia = {
  microphone: { status: 'off' },
  camera: { status: 'off' },
  screen: { status: 'off' },
} as LocalMedia

const recordingWith = (change: Partial<RoomRecording> = {}): RoomRecording => ({
  id: recordingOf(1),
  kind: 'server',
  status: 'running',
  interruption: null,
  startedAt: 1,
  by: 'Ana',
  byId: null,
  studio: false,
  copy: false,
  consent: 'told',
  agreed: [],
  declined: [],
  ...change,
})

const SENDING = { microphone: true, camera: true, screen: true }
const MEDIA: RemoteMedia = {
  path: 'direct',
  quality: 'good',
  tracks: { camera: track('camera'), screen: track('screen') },
}

function tilesWith(people: readonly Participant[], recording: RoomRecording | null, path = MEDIA.path) {
  const participants = new Map(people.map((person) => [person.id, person]))
  const reached: [ParticipantId, RemoteMedia][] = people.map(({ id }) => [id, { ...MEDIA, path }])
  const media: EngineState = { link: 'running', limited: false, participants: new Map(reached) }
  return composedTiles({ participants, self: idOf(99), recording }, media, NOTHING)
}

describe('what a film shows of a room', () => {
  test('[REC-133] a person with their name, signs and picture, and their screen', () => {
    const ana = participantOf(1, { name: 'Ana', role: 'host', media: SENDING, handRaisedAt: 5 })
    const [face, screen, ...more] = tilesWith([ana], recordingWith())
    expect(more).toEqual([])
    expect(face).toMatchObject({
      name: 'Ana',
      muted: false,
      runsMeeting: true,
      handRaised: true,
      away: false,
    })
    expect(face?.track?.id).toBe('camera')
    expect(screen).toMatchObject({ name: 'Ana’s screen', share: true, runsMeeting: false, handRaised: false })
    expect(screen?.track?.id).toBe('screen')
  })

  test('[REC-65] of whoever has not agreed that somebody is there, and nothing else', () => {
    const ben = participantOf(2, { name: 'Ben', coHost: true, media: SENDING, handRaisedAt: 5 })
    for (const recording of [recordingWith({ consent: 'asked' }), null]) {
      const tiles = tilesWith([ben], recording)
      expect(tiles).toHaveLength(1)
      expect(tiles[0]).toMatchObject({
        name: 'Not recorded',
        muted: false,
        runsMeeting: false,
        handRaised: false,
        track: null,
      })
    }
    const agreed = recordingWith({ consent: 'asked', agreed: [ben.id] })
    expect(tilesWith([ben], agreed)[0]?.name).toBe('Ben')
  })

  test('[REC-133] that somebody is away, which explains a picture that stands still', () => {
    expect(tilesWith([participantOf(1, { connected: false })], recordingWith())[0]?.away).toBe(true)
    expect(tilesWith([participantOf(1)], recordingWith(), 'lost')[0]?.away).toBe(true)
    expect(tilesWith([participantOf(1)], recordingWith(), 'connecting')[0]?.away).toBe(false)
  })

  test('[REC-10] recorders are nobody', () => {
    expect(tilesWith([participantOf(7, { role: 'recorder' })], recordingWith())).toEqual([])
  })
})

test('[REC-204] what is heard in a film: each microphone and the sound of each screen, our own too', () => {
  const local: LocalMedia = {
    microphone: { status: 'on', track: track('own microphone') },
    camera: { status: 'off' },
    screen: { status: 'on', track: track('own screen'), sound: track('own screen’s sound') },
  }
  const tracks = { microphone: track('microphone'), screenAudio: track('screen’s sound') }
  const ana = participantOf(1)
  const us = participantOf(99)
  const sounds = (recording: RoomRecording) =>
    [
      ...composedSounds(
        { participants: new Map([ana, us].map((one) => [one.id, one])), self: us.id, recording },
        { link: 'running', limited: false, participants: new Map([[ana.id, { ...MEDIA, tracks }]]) },
        local,
      ),
    ].map(({ id }) => id)
  expect(sounds(recordingWith())).toEqual([
    'microphone',
    'screen’s sound',
    'own microphone',
    'own screen’s sound',
  ])
  expect(sounds(recordingWith({ consent: 'asked', agreed: [ana.id] }))).toEqual([
    'microphone',
    'screen’s sound',
  ])
})
