import type { Room } from '#lib/call/callState.ts'
import { mayRecord } from '#lib/domain/authority.ts'
import type { RecordingKind } from '#lib/protocol/recordings.ts'

/** In which ways we can have the meeting recorded: a co-host not on their own device. */
export function recordingChoices({ settings, self, participants }: Room): RecordingKind[] {
  const own = participants.get(self)
  return settings.recording.filter((kind) => own !== undefined && mayRecord(own, kind))
}

/** What whoever runs the meeting can do about the recording now; null where nothing can be recorded. */
export function recordingItem(room: Room): 'start' | 'stop' | null {
  if (room.recording !== null) return 'stop'
  return recordingChoices(room).length > 0 ? 'start' : null
}

/** What somebody who was asked can still change: the other answer; null for those who were not. */
export function consentItem({ recording, self }: Room): 'agree' | 'withdraw' | null {
  if (recording === null || (recording.consent !== 'asked' && !recording.studio)) return null
  return recording.agreed.includes(self) ? 'withdraw' : 'agree'
}
