import type { Room } from '#lib/call/callState.ts'
import { mayRecord } from '#lib/domain/authority.ts'
import type { RecordingKind } from '#lib/protocol/recordings.ts'

/** In which ways we can have the meeting recorded: a co-host not on their own device. */
export function recordingChoices({ settings, self, participants }: Room): RecordingKind[] {
  const own = participants.get(self)
  return settings.recording.filter((kind) => own !== undefined && mayRecord(own, { kind, copy: false }))
}

/** Whether we can keep a copy of what a recorder records: the host can. */
export function mayKeepCopy({ self, participants }: Room): boolean {
  const own = participants.get(self)
  return own !== undefined && mayRecord(own, { kind: 'server', copy: true })
}

/** What whoever runs the meeting can do about the recording now; null where nothing can be recorded. */
export function recordingItem(room: Room): 'start' | 'stop' | null {
  if (room.recording !== null) return 'stop'
  return recordingChoices(room).length > 0 ? 'start' : null
}

/** The answer that somebody who was asked can still give: the other one, to the question that they were asked. */
export type ConsentItem = { readonly about: 'recording' | 'track'; readonly agree: boolean }

/** Null for those who were not asked. Who is told is recorded whatever they answer: they were asked for their track alone. */
export function consentItem({ recording, self }: Room): ConsentItem | null {
  if (recording === null || (recording.consent !== 'asked' && !recording.studio)) return null
  const about = recording.consent === 'asked' ? 'recording' : 'track'
  return { about, agree: !recording.agreed.includes(self) }
}
