import { isPerson } from '#lib/domain/roster.ts'
import type { RosterChange } from '#lib/protocol/events.ts'
import type { CallNotice, Room } from './callState.ts'

/** What a person should hear about changes of the roster, seen from `room` as it was before them. */
export function rosterNotices(room: Room, changes: readonly RosterChange[]): CallNotice[] {
  return changes.flatMap((change) => noticesOf(room, change))
}

function noticesOf(room: Room, change: RosterChange): CallNotice[] {
  if (change.type === 'left') {
    const gone = room.participants.get(change.id)
    if (gone === undefined || !isPerson(gone) || change.id === room.self) return []
    const { name } = gone
    return [{ type: change.reason === 'lost' ? 'lost' : 'left', name }]
  }
  const { participant } = change
  // What a recorder's coming and going means, the recording itself says.
  if (participant.id === room.self || !isPerson(participant)) return []
  const { name } = participant
  const before = room.participants.get(participant.id)
  if (before === undefined) return change.type === 'joined' ? [{ type: 'joined', name }] : []
  const notices: CallNotice[] = []
  if (!before.coHost && participant.coHost) notices.push({ type: 'coHostNamed', name })
  if (before.handRaisedAt === null && participant.handRaisedAt !== null)
    notices.push({ type: 'handRaised', name })
  if (!before.media.screen && participant.media.screen) notices.push({ type: 'shareStarted', name })
  if (before.media.screen && !participant.media.screen) notices.push({ type: 'shareEnded', name })
  return notices
}
