import { runsMeeting } from '#lib/domain/authority.ts'
import type { Participant } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { LocalMedia, Room } from '../../callState.ts'
import { peopleOf } from '../../peopleOf.ts'
import type { EngineState, RemoteMedia } from '../../ports.ts'
import { mayBeRecorded, unrecorded } from '../recordedPeople.ts'

/** All that one tile of a film shows. */
export type ComposedTile = {
  readonly key: string
  readonly share: boolean
  readonly participantId: ParticipantId
  readonly seat: number
  /** As the label has it. */
  readonly name: string
  readonly muted: boolean
  /** Host or co-host. */
  readonly runsMeeting: boolean
  readonly handRaised: boolean
  /** Nothing comes from them at present, which explains why nothing moves. */
  readonly away: boolean
  readonly track: MediaStreamTrack | null
}

type Seen = Pick<Room, 'participants' | 'self' | 'recording'>

export const composedKey = (id: string): string => `person:${id}`

/** Who is in the picture: everybody who may be, ourselves too, and their screens. */
export const composedTiles = (room: Seen, media: EngineState, local: LocalMedia): ComposedTile[] =>
  peopleOf(room).flatMap((person) => {
    const own = person.id === room.self
    const allowed = mayBeRecorded(room.recording, person.id)
    const remote = media.participants.get(person.id)
    const tracks = own ? ownTracks(local) : remote?.tracks
    const away = !own && (!person.connected || remote?.path === 'lost')
    return tilesOf(allowed ? person : unrecorded(person), { tracks, away, allowed })
  })

type Reached = {
  readonly tracks: RemoteMedia['tracks'] | undefined
  readonly away: boolean
  readonly allowed: boolean
}

function tilesOf(person: Participant, { tracks, away, allowed }: Reached): ComposedTile[] {
  const { id, name, seat, media } = person
  const face: ComposedTile = {
    key: composedKey(id),
    share: false,
    participantId: id,
    seat,
    name,
    muted: allowed && !media.microphone,
    runsMeeting: allowed && runsMeeting(person),
    handRaised: person.handRaisedAt !== null,
    away,
    track: media.camera ? (tracks?.camera ?? null) : null,
  }
  if (!media.screen) return [face]
  const screen: ComposedTile = {
    ...face,
    key: `share:${id}`,
    share: true,
    name: `${name}’s screen`,
    muted: false,
    runsMeeting: false,
    handRaised: false,
    track: tracks?.screen ?? null,
  }
  return [face, screen]
}

/** Sounds that may be heard in it. */
export function composedSounds(room: Seen, media: EngineState, local: LocalMedia): Set<MediaStreamTrack> {
  const sounds = new Set<MediaStreamTrack>()
  for (const id of room.participants.keys()) {
    if (!mayBeRecorded(room.recording, id)) continue
    const tracks = id === room.self ? ownTracks(local) : media.participants.get(id)?.tracks
    for (const track of [tracks?.microphone, tracks?.screenAudio]) if (track) sounds.add(track)
  }
  return sounds
}

function ownTracks({ microphone, camera, screen }: LocalMedia): RemoteMedia['tracks'] {
  const screenAudio = screen.status === 'on' ? screen.sound : undefined
  return {
    ...(microphone.status === 'on' ? { microphone: microphone.track } : {}),
    ...(camera.status === 'on' ? { camera: camera.track } : {}),
    ...(screen.status === 'on' ? { screen: screen.track } : {}),
    ...(screenAudio === undefined ? {} : { screenAudio }),
  }
}
