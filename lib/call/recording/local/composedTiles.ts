import type { LocalMedia, Room } from '../../callState.ts'
import { type Layout, layoutTiles } from '../../layout/layoutTiles.ts'
import { orderTiles } from '../../layout/orderTiles.ts'
import type { EngineState, RemoteMedia } from '../../ports.ts'
import { mayBeRecorded, unrecorded } from '../recordedPeople.ts'

export type ComposedTile = {
  readonly key: string
  readonly share: boolean
  readonly participantId: string
  readonly name: string
  readonly muted: boolean
  readonly track: MediaStreamTrack | null
}

type Seen = Pick<Room, 'participants' | 'self' | 'recording'>

/** Who is in the picture: everybody who may be, ourselves too, and their screens. */
export function composedTiles(room: Seen, media: EngineState, local: LocalMedia): ComposedTile[] {
  const tiles: ComposedTile[] = []
  for (const person of room.participants.values()) {
    if (person.role === 'recorder') continue
    const allowed = mayBeRecorded(room.recording, person.id)
    const { name, media: says } = allowed ? person : unrecorded(person)
    const own = person.id === room.self
    const tracks = own ? ownTracks(local) : media.participants.get(person.id)?.tracks
    tiles.push({
      key: `person:${person.id}`,
      share: false,
      participantId: person.id,
      name,
      muted: allowed && !says.microphone,
      track: says.camera ? (tracks?.camera ?? null) : null,
    })
    if (!says.screen) continue
    tiles.push({
      key: `share:${person.id}`,
      share: true,
      participantId: person.id,
      name: `${name}’s screen`,
      muted: false,
      track: tracks?.screen ?? null,
    })
  }
  return tiles
}

/** The same places as on anybody's screen of this size. */
export function composedLayout(
  tiles: readonly ComposedTile[],
  previous: readonly string[],
  size: { readonly width: number; readonly height: number },
): { layout: Layout; order: readonly string[] } {
  const facts = tiles.map(({ key, share, track }, seat) => ({
    key,
    own: false,
    share,
    lastSpokeAt: 0,
    camera: track !== null,
    seat,
  }))
  const order = orderTiles(facts, previous, tiles.length)
  const stage = tiles.filter((tile) => tile.share).at(-1)?.key ?? null
  return { order, layout: layoutTiles({ ...size, tiles: order, stage, page: 0, gap: 8 }) }
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
  return {
    ...(microphone.status === 'on' ? { microphone: microphone.track } : {}),
    ...(camera.status === 'on' ? { camera: camera.track } : {}),
    ...(screen.status === 'on' ? { screen: screen.track } : {}),
  }
}
