import type { RoomRecording } from '#lib/protocol/recordings.ts'

/** Where what is recorded stays: on the server, on the host's device alone, or a copy there as well (REC-85, REC-221). */
export type RecordedWhere = 'server' | 'device' | 'both'

export function recordedWhere({ kind, copy }: RoomRecording): RecordedWhere {
  if (kind === 'device') return 'device'
  return copy ? 'both' : 'server'
}
