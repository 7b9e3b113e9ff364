import type { Participant } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'

/**
 * Whose media may be in the recording: everybody who was told, or, where people are asked, those who have agreed. Doubt
 * is refusal: nobody while it is not known whether there is a recording (REC-65).
 */
export function mayBeRecorded(recording: RoomRecording | null, id: ParticipantId): boolean {
  if (recording === null) return false
  return recording.consent === 'told' ? !recording.declined.includes(id) : recording.agreed.includes(id)
}

/** A person as the recording shows them who may not be in it: that somebody was there, and nothing more. */
export const unrecorded = (participant: Participant): Participant => ({
  ...participant,
  name: 'Not recorded',
  media: { microphone: false, camera: false, screen: false },
  handRaisedAt: null,
})
