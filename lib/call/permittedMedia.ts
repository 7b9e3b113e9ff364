import { permits, type Standing } from '#lib/domain/authority.ts'
import type { Participant, Permissions } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import type { Room } from './callState.ts'
import { type EngineState, type RemoteMedia, SOURCES, type Source } from './ports.ts'

type Rules = Pick<Room, 'participants' | 'settings'>

/**
 * What arrives, without what its sender may not send (HOST-12). Over the SFU nothing of it arrives; in a mesh nobody
 * stands between two browsers, so each drops it itself. The same object where nothing is to be dropped.
 */
export function permittedMedia(media: EngineState, { participants, settings }: Rules): EngineState {
  const { permissions } = settings
  let kept: Map<ParticipantId, RemoteMedia> | null = null
  for (const [id, remote] of media.participants) {
    const sender = participants.get(id)
    if (sender === undefined || isHarmless(permissions, sender, remote)) continue
    kept ??= new Map(media.participants)
    kept.set(id, { ...remote, tracks: permittedTracks(permissions, sender, remote.tracks) })
  }
  return kept === null ? media : { ...media, participants: kept }
}

/** As permittedMedia, for how loud everybody is. */
export function permittedLevels(
  levels: ReadonlyMap<ParticipantId, number>,
  { participants, settings }: Rules,
): ReadonlyMap<ParticipantId, number> {
  const isHeard = (id: ParticipantId): boolean => {
    const sender = participants.get(id)
    if (sender === undefined) return true
    return (
      permits(settings.permissions, sender, 'microphone') || permits(settings.permissions, sender, 'screen')
    )
  }
  const silent = [...levels.keys()].filter((id) => !isHeard(id))
  if (silent.length === 0) return levels
  const kept = new Map(levels)
  for (const id of silent) kept.delete(id)
  return kept
}

const PERMISSION_OF: Readonly<Record<Source, Permission>> = {
  microphone: 'microphone',
  camera: 'camera',
  screen: 'screen',
  screenAudio: 'screen',
}

const isHarmless = (permissions: Permissions, sender: Standing, { tracks }: RemoteMedia): boolean =>
  SOURCES.every((source) => tracks[source] === undefined || mayComeFrom(permissions, sender, source))

const mayComeFrom = (permissions: Permissions, sender: Standing, source: Source): boolean =>
  permits(permissions, sender, PERMISSION_OF[source])

function permittedTracks(
  permissions: Permissions,
  sender: Participant,
  tracks: RemoteMedia['tracks'],
): RemoteMedia['tracks'] {
  const kept = SOURCES.filter((source) => mayComeFrom(permissions, sender, source))
  return Object.fromEntries(kept.flatMap((source) => (tracks[source] ? [[source, tracks[source]]] : [])))
}
