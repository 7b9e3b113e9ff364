import type { MediaState, Role, WaitingPerson } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'

/** Somebody at the door. Until admitted they learn nothing of the meeting (RM-2). */
export type Waiting = {
  readonly id: ParticipantId
  readonly instanceId: InstanceId
  readonly sessionId: string
  readonly userId: string | null
  readonly name: string
  readonly role: Role
  readonly media: MediaState
}

export type Lobby = {
  readonly capacity: number
  /** In the order in which they knocked. */
  readonly waiting: ReadonlyMap<ParticipantId, Waiting>
}

export const emptyLobby = (capacity: number): Lobby => ({ capacity, waiting: new Map() })

/**
 * Hosts are never kept out by their own lobby (RM-7), nor is the recorder that one of them has asked for (REC-10);
 * everybody else waits while it is on.
 */
export const mustWait = (lobbyOn: boolean, role: Role): boolean =>
  lobbyOn && role !== 'host' && role !== 'recorder'

/** Null when the doorway is full. */
export function knock(lobby: Lobby, person: Waiting): Lobby | null {
  if (lobby.waiting.size >= lobby.capacity) return null
  return { ...lobby, waiting: new Map(lobby.waiting).set(person.id, person) }
}

/** Takes somebody from the door, to be admitted or sent away: the same person is never taken twice. */
export function takeFromDoor(lobby: Lobby, id: ParticipantId): { lobby: Lobby; person: Waiting | null } {
  const person = lobby.waiting.get(id)
  if (!person) return { lobby, person: null }
  const waiting = new Map(lobby.waiting)
  waiting.delete(id)
  return { lobby: { ...lobby, waiting }, person }
}

/** All that a host is shown of those who wait: no address, no e-mail (K7). */
export const waitingPeople = (lobby: Lobby): WaitingPerson[] =>
  [...lobby.waiting.values()].map(({ id, name }) => ({ id, name }))
