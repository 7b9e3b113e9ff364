import type { MediaState, Participant, Permissions } from '#lib/protocol/events.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'

/** Who somebody is in the meeting, as far as it decides what they may do. */
export type Standing = Pick<Participant, 'role' | 'coHost'>

/** Of a meeting that forbids nothing. */
export const EVERYTHING: Permissions = { microphone: true, camera: true, screen: true, chat: true }

/** What somebody sends that a host can forbid. */
export const SENT = ['microphone', 'camera', 'screen'] as const

/** The host, and whoever the host has made co-host (HOST-2). */
export const runsMeeting = ({ role, coHost }: Standing): boolean => role === 'host' || coHost

/** Nobody removes a host; a co-host removes nobody who runs the meeting (HOST-2). */
export const mayRemove = (by: Standing, target: Standing): boolean =>
  by.role === 'host' ? target.role !== 'host' : by.coHost && !runsMeeting(target)

/**
 * A recording on one's own device is the host's alone: it is the host whom the server takes it from (REC-47). So is a copy
 * of one that stays there (REC-220).
 */
export const mayRecord = (by: Standing, { kind, copy }: Pick<RoomRecording, 'kind' | 'copy'>): boolean =>
  by.role === 'host' || (by.coHost && kind === 'server' && !copy)

/** Who runs the meeting may everything; a recorder sends nothing; for all others it is as allowed (HOST-10). */
export const permits = (permissions: Permissions, who: Standing, what: Permission): boolean =>
  who.role !== 'recorder' && (runsMeeting(who) || permissions[what])

/** Of what somebody says they send, that which they may; the same object where that is all of it. */
export function permittedMedia(permissions: Permissions, who: Standing, media: MediaState): MediaState {
  const forbidden = SENT.filter((source) => media[source] && !permits(permissions, who, source))
  const off = Object.fromEntries(forbidden.map((source) => [source, false]))
  return forbidden.length === 0 ? media : { ...media, ...off }
}

/** Everything that this person may send. */
export const permittedSources = (permissions: Permissions, who: Standing): (keyof MediaState)[] =>
  SENT.filter((source) => permits(permissions, who, source))
