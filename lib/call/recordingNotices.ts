import type { RecordingStopReason, RoomRecording } from '#lib/protocol/recordings.ts'
import type { CallNotice } from './callState.ts'

/** What a person should hear when the room's recording has changed. */
export function recordingNotices(
  before: RoomRecording | null,
  after: RoomRecording | null,
  stopped: RecordingStopReason | null,
): CallNotice[] {
  const onDevice = (after ?? before)?.kind === 'device'
  if (after === null) return stopped === null ? [] : [{ type: 'recordingStopped', reason: stopped, onDevice }]
  const status = before?.id === after.id ? before.status : null
  if (status === after.status) return []
  if (after.status === 'interrupted') return [{ type: 'recordingInterrupted' }]
  if (after.status !== 'running') return []
  return [status === 'interrupted' ? { type: 'recordingResumed' } : { type: 'recordingStarted', onDevice }]
}
