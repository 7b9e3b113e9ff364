import type { StageTile } from '#components/call/stageTiles.ts'
import { mayBeRecorded, unrecorded } from '#lib/call/recording/recordedPeople.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'

/** The tiles of a call as a recording shows them: without recorders, and without anything of those who may not be in it. */
export function recordedTiles(
  tiles: readonly StageTile[],
  recording: RoomRecording | null,
  self: ParticipantId,
): StageTile[] {
  return tiles.flatMap((tile) => {
    const { participant, kind } = tile
    if (participant.id === self || participant.role === 'recorder') return []
    if (mayBeRecorded(recording, participant.id)) return [tile]
    if (kind === 'share') return []
    return [{ ...tile, participant: unrecorded(participant), video: null }]
  })
}
