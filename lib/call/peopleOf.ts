import { isPerson } from '#lib/domain/roster.ts'
import type { Participant } from '#lib/protocol/events.ts'
import type { Room } from './callState.ts'

/** Everybody in the room. A recorder is nobody that people are shown (REC-10). */
export const peopleOf = (room: Pick<Room, 'participants'>): Participant[] =>
  [...room.participants.values()].filter(isPerson)
