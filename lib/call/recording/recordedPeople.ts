import type { Participant } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'
import { isUnrecorded } from '../recordingConsent.ts'
import type { OwnFilm } from './OwnRecording.ts'

/**
 * Whose media may be in the recording: everybody, or, where people are asked, those who have agreed. Doubt is refusal:
 * nobody while it is not known whether there is a recording (REC-65).
 */
export const mayBeRecorded = (recording: RoomRecording | null, id: ParticipantId): boolean =>
  recording !== null && !isUnrecorded(recording, id)

const FILMS = { local: 'sent', device: 'kept' } as const

/** What of the room's recording is for this person's browser to make, or null (REC-203, REC-220). */
export function ownFilmOf({ kind, copy, byId }: RoomRecording, self: ParticipantId): OwnFilm | null {
  if (byId !== self) return null
  if (kind === 'server') return copy ? 'copy' : null
  return FILMS[kind]
}

/** A person as the recording shows them who may not be in it: that somebody was there, and nothing more. */
export const unrecorded = (participant: Participant): Participant => ({
  ...participant,
  name: 'Not recorded',
  coHost: false,
  media: { microphone: false, camera: false, screen: false },
  handRaisedAt: null,
})
