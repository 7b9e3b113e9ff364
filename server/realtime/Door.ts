import {
  emptyLobby,
  knock,
  type Lobby,
  takeFromDoor,
  type Waiting,
  waitingPeople,
} from '#lib/domain/lobby.ts'
import type { EndReason, WaitingPerson } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { type Connection, OUTSIDE } from './Connection.ts'

/** Who waits at a room's door, with their connections. What it tells, it tells the hosts; those who wait hear nothing. */
export class Door {
  readonly #capacity: number
  readonly #tell: (waiting: WaitingPerson[]) => void
  readonly #connections = new Map<ParticipantId, Connection>()
  #lobby: Lobby

  constructor(capacity: number, tell: (waiting: WaitingPerson[]) => void) {
    this.#capacity = capacity
    this.#tell = tell
    this.#lobby = emptyLobby(capacity)
  }

  get people(): WaitingPerson[] {
    return waitingPeople(this.#lobby)
  }

  get size(): number {
    return this.#lobby.waiting.size
  }

  get ids(): ParticipantId[] {
    return [...this.#lobby.waiting.keys()]
  }

  /** @returns false when the doorway is full */
  knock(person: Waiting, connection: Connection): boolean {
    const next = knock(this.#lobby, person)
    if (!next) return false
    this.#lobby = next
    this.#connections.set(person.id, connection)
    return true
  }

  /** Each person is taken once. The hosts are told by `tell`, after as many as are taken together. */
  take(id: ParticipantId): { person: Waiting; connection: Connection } | null {
    const { lobby, person } = takeFromDoor(this.#lobby, id)
    const connection = this.#connections.get(id)
    this.#lobby = lobby
    this.#connections.delete(id)
    return person && connection ? { person, connection } : null
  }

  tell(): void {
    this.#tell(this.people)
  }

  /** @returns false when that person does not wait */
  sendAway(id: ParticipantId, reason: EndReason): boolean {
    const taken = this.take(id)
    if (!taken) return false
    taken.connection.place = OUTSIDE
    taken.connection.end(reason)
    return true
  }

  sendSessionAway(sessionId: string, reason: EndReason): void {
    let someone = false
    for (const [id, person] of this.#lobby.waiting) {
      if (person.sessionId === sessionId) someone = this.sendAway(id, reason) || someone
    }
    if (someone) this.tell()
  }

  /** All at once; nobody is told, because nobody is left. */
  sendAllAway(reason: EndReason): void {
    for (const id of this.ids) this.sendAway(id, reason)
    this.#lobby = emptyLobby(this.#capacity)
  }
}
