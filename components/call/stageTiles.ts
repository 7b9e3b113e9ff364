import type { LocalMedia, Room } from '#lib/call/callState.ts'
import type { TileFacts } from '#lib/call/layout/orderTiles.ts'
import { peopleOf } from '#lib/call/peopleOf.ts'
import type { EngineState, Path, Quality } from '#lib/call/ports.ts'
import { isUnrecorded } from '#lib/call/recordingConsent.ts'
import type { Participant } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'

/** All that one tile shows. */
export type StageTile = {
  readonly key: string
  readonly kind: 'person' | 'share'
  readonly participant: Participant
  readonly own: boolean
  readonly video: MediaStreamTrack | null
  readonly path: Path | 'self'
  readonly quality: Quality
  /** The meeting is recorded, and this person has not agreed to be in it. */
  readonly unrecorded: boolean
}

export const personKey = (id: ParticipantId): string => `person:${id}`
const shareKey = (id: ParticipantId): string => `share:${id}`

const trackOf = (source: LocalMedia['camera']): MediaStreamTrack | null =>
  source.status === 'on' ? source.track : null

/**
 * One tile per person, and one per shared screen. What a person says they send decides whether there is a picture;
 * the engine gives the picture itself, which may come a moment later.
 */
export function stageTiles(room: Room, media: EngineState, local: LocalMedia): StageTile[] {
  const tiles: StageTile[] = []
  for (const participant of peopleOf(room)) {
    const own = participant.id === room.self
    const remote = media.participants.get(participant.id)
    const facts = {
      participant,
      own,
      path: own ? ('self' as const) : participant.connected ? (remote?.path ?? 'connecting') : 'lost',
      quality: remote?.quality ?? 'good',
      unrecorded: isUnrecorded(room.recording, participant.id),
    }
    const camera = own
      ? trackOf(local.camera)
      : participant.media.camera
        ? (remote?.tracks.camera ?? null)
        : null
    tiles.push({ ...facts, key: personKey(participant.id), kind: 'person', video: camera })
    if (own ? local.screen.status === 'on' : participant.media.screen) {
      const screen = own ? trackOf(local.screen) : (remote?.tracks.screen ?? null)
      tiles.push({ ...facts, key: shareKey(participant.id), kind: 'share', video: screen })
    }
  }
  return tiles
}

export const tileFacts = (tile: StageTile, lastSpokeAt: number): TileFacts => ({
  key: tile.key,
  own: tile.own && tile.kind === 'person',
  share: tile.kind === 'share',
  lastSpokeAt,
  camera: tile.video !== null,
  seat: tile.participant.seat,
})
