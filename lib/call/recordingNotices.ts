import { runsMeeting } from '#lib/domain/authority.ts'
import type { RecordingStopReason, RoomRecording } from '#lib/protocol/recordings.ts'
import type { CallNotice, Room } from './callState.ts'
import { recordedWhere } from './recordedWhere.ts'

/** What a person should hear when the room's recording has changed. */
export function recordingNotices(
  before: RoomRecording | null,
  after: RoomRecording | null,
  stopped: RecordingStopReason | null,
): CallNotice[] {
  if (after === null) {
    const onDevice = before?.kind === 'device'
    return stopped === null ? [] : [{ type: 'recordingStopped', reason: stopped, onDevice }]
  }
  const { status, interruption } = before?.id === after.id ? before : { status: null, interruption: null }
  // A reason that changes meanwhile is news as well.
  if (after.interruption !== null && after.interruption !== interruption)
    return [{ type: 'recordingInterrupted', why: after.interruption }]
  if (status === after.status) return []
  if (after.status === 'starting') return [{ type: 'recordingStarting', by: after.by }]
  if (after.status !== 'running') return []
  return [
    status === 'interrupted'
      ? { type: 'recordingResumed' }
      : { type: 'recordingStarted', where: recordedWhere(after) },
  ]
}

/**
 * The recorder takes part in the mesh, one more connection for everybody: for whoever runs the meeting to know, however it
 * came about (REC-180).
 */
export function isRecordedDirectly({ recording, transport, participants, self }: Room): boolean {
  const own = participants.get(self)
  const byRecorder = recording?.kind === 'server' && recording.status === 'running'
  return byRecorder && transport.kind === 'mesh' && own !== undefined && runsMeeting(own)
}
