import {
  emptyRoster,
  giveUpSeat,
  isPerson,
  type LeaveReason,
  loseConnection,
  peopleIn,
  recordersIn,
  seatsGivenUp,
} from '#lib/domain/roster.ts'
import { AppError } from '#lib/errors.ts'
import type { EndReason } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { type Connection, OUTSIDE } from './Connection.ts'
import type { Entrance } from './Entrance.ts'
import type { RoomState } from './RoomState.ts'

/** Every way out of a room: for a moment, for good, for everybody. All of it happens in one synchronous step. */
export class Exit {
  readonly #state: RoomState

  constructor(state: RoomState) {
    this.#state = state
  }

  /** The connection is gone: the seat is kept for a while, a place at the door is not. */
  lose(connection: Connection): void {
    const { door, present, feed, roster, deps } = this.#state
    const { place } = connection
    connection.place = OUTSIDE
    if (place.at === 'door') {
      if (door.take(place.id)) door.tell()
    } else if (place.at === 'seat' && present.get(place.id) === connection) {
      present.delete(place.id)
      feed.push(this.#state.step(loseConnection(roster, place.id, deps.now())))
    }
  }

  leave(connection: Connection): void {
    const { place } = connection
    connection.exit()
    if (place.at === 'seat') this.#vacate(place.id, 'left')
    else this.lose(connection)
  }

  /** Out, at once and for the rest of this conference (RM-4). @throws AppError not-found */
  remove(id: ParticipantId): { sessionId: string; userId: string | null } {
    const member = this.#state.roster.members.get(id)
    if (!member || !isPerson(member.participant)) throw AppError.notFound('That person')
    const { sessionId, userId } = member
    this.#state.keepOut(member)
    for (const [otherId, other] of this.#state.roster.members) {
      const samePerson = other.sessionId === sessionId || (userId !== null && other.userId === userId)
      if (samePerson) this.#expel(otherId, 'removed', 'removed')
    }
    this.#state.door.sendSessionAway(sessionId, 'removed')
    return { sessionId, userId }
  }

  /** A session has ended: its seats and its places at the door are gone, so that the others drop its media. */
  endSession(sessionId: string, reason: EndReason): void {
    const left: LeaveReason = reason === 'removed' ? 'removed' : reason === 'signed-out' ? 'left' : 'revoked'
    for (const [id, member] of this.#state.roster.members) {
      if (member.sessionId === sessionId) this.#expel(id, left, reason)
    }
    this.#state.door.sendSessionAway(sessionId, reason)
  }

  /** Gives up the seats of those who stayed away too long. */
  tick(): void {
    const { roster, deps } = this.#state
    const graceMs = deps.env.SEAT_GRACE_SECONDS * 1_000
    for (const id of seatsGivenUp(roster, deps.now(), graceMs)) this.#vacate(id, 'lost')
    this.#state.transport.tick()
    this.#state.recording.tick()
  }

  /** The recording is over, or another recorder goes on with it. */
  sendRecordersAway(reason: EndReason): void {
    for (const id of recordersIn(this.#state.roster)) this.#expel(id, 'left', reason)
  }

  /** Over for everyone. */
  sendAllAway(reason: EndReason): void {
    const state = this.#state
    state.over = true
    state.recording.end()
    if (state.conference) state.transport.end(state.conference.id)
    state.conference = null
    state.feed.close()
    state.door.sendAllAway(reason)
    for (const connection of state.present.values()) {
      connection.place = OUTSIDE
      connection.end(reason)
    }
    state.present.clear()
    state.roster = emptyRoster(state.roster.capacity)
  }

  /** A conference in which no person is left ends; a recorder does not keep it alive. Not written yet, it is tried again with the next tick. */
  endIfEmpty(entrance: Entrance): void {
    const { queue } = this.#state
    if (!this.#isDeserted() || queue.size > 0) return
    void queue.run(async () => {
      const { conference, deps } = this.#state
      if (!conference || !this.#isDeserted() || entrance.size > 0) return
      try {
        await deps.ledger.flush()
        await deps.records.endConference(conference.id, new Date(deps.now()))
        this.sendRecordersAway('ended-by-host')
        this.#state.forgetConference()
      } catch (error) {
        deps.log.warn({ err: error, conferenceId: conference.id }, 'the end could not be written; will retry')
      }
    })
  }

  #isDeserted(): boolean {
    const { over, conference, roster } = this.#state
    return !over && conference !== null && peopleIn(roster) === 0
  }

  #expel(id: ParticipantId, left: LeaveReason, reason: EndReason): void {
    const connection = this.#state.present.get(id)
    this.#vacate(id, left)
    connection?.end(reason)
  }

  #vacate(id: ParticipantId, reason: LeaveReason): void {
    const state = this.#state
    const connection = state.present.get(id)
    if (connection) state.forgetConnection(id, connection)
    const instanceId = state.roster.members.get(id)?.participant.instanceId
    const change = state.step(giveUpSeat(state.roster, id, reason))
    if (!change) return
    state.feed.push(change)
    state.deps.ledger.end({ id, reason, at: new Date(state.deps.now()) })
    if (instanceId !== undefined) state.transport.forget({ participantId: id, instanceId })
    state.transport.consider()
  }
}
