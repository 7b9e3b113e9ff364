import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'

/** The room is recorded, and this person is not: they were asked and have not agreed. */
export const isUnrecorded = (recording: RoomRecording | null, id: ParticipantId): boolean =>
  recording?.consent === 'asked' && !recording.agreed.includes(id)

/** This person still owes an answer: to being recorded, or to recording their own tracks for it. */
export const isAsked = (recording: RoomRecording | null, id: ParticipantId): recording is RoomRecording =>
  recording !== null &&
  recording.status !== 'stopping' &&
  (recording.consent === 'asked' || recording.studio) &&
  !recording.agreed.includes(id) &&
  !recording.declined.includes(id)
