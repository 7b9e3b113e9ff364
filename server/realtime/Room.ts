import { randomUUID } from 'node:crypto'
import { mustWait, type Waiting } from '#lib/domain/lobby.ts'
import {
  emptyRoster,
  freeSeat,
  giveUpSeat,
  type LeaveReason,
  loseConnection,
  participantsOf,
  type Roster,
  type RosterStep,
  restoredRoster,
  returnToSeat,
  seatsGivenUp,
  seatToReturnTo,
  setHand,
  setMedia,
  takeSeat,
} from '#lib/domain/roster.ts'
import { AppError } from '#lib/errors.ts'
import type {
  ClientAnswer,
  ClientPayload,
  EndReason,
  MediaState,
  Participant,
  Role,
  RosterChange,
  ServerPayload,
  Snapshot,
} from '#lib/protocol/events.ts'
import { type ConferenceId, type ParticipantId, participantId } from '#lib/protocol/ids.ts'
import { SerialQueue } from '#lib/queue.ts'
import type { Env } from '#server/env.ts'
import type { Log } from '#server/log.ts'
import { type Broadcast, type Connection, OUTSIDE } from './Connection.ts'
import { Door } from './Door.ts'
import { iceServersFor } from './iceServers.ts'
import { RoomChat } from './RoomChat.ts'
import { RosterFeed } from './RosterFeed.ts'
import type { ConferenceRecords, MeetingRecord, OpenConference, VisitRecord } from './records.ts'
import type { SeatLedger } from './SeatLedger.ts'

export type RoomDeps = {
  readonly records: ConferenceRecords
  readonly ledger: SeatLedger
  readonly broadcast: Broadcast
  readonly env: Pick<
    Env,
    'MEETING_CAPACITY' | 'SEAT_GRACE_SECONDS' | 'ICE_SERVERS' | 'TURN_URLS' | 'TURN_SECRET'
  >
  readonly waitingCapacity: number
  readonly log: Log
  /** ms since the epoch */
  readonly now: () => number
}

type JoinAnswer = ClientAnswer<'meeting:join'>
type JoinPayload = ClientPayload<'meeting:join'>

/** Somebody who wants in: through the entrance, or from the door after a host's word. */
type Arrival = {
  readonly connection: Connection
  readonly person: Waiting
  readonly resume: JoinPayload['resume'] | null
  readonly admitted: boolean
  readonly answer: (outcome: JoinAnswer) => void
  readonly refuse: (error: unknown) => void
}

type Seating = { readonly arrival: Arrival; readonly visit: VisitRecord }

/**
 * One meeting's live truth. Rebuilt from what was written down (Conference and Visit rows), changed by the pure
 * transitions of lib/domain, told to its members in versions. Whatever waits for the database runs in the room's queue;
 * what does not (a hand, a lost connection, a removal) is one synchronous step and can happen in between, so a queued
 * step looks at the roster again after it has waited.
 */
export class Room {
  readonly meeting: MeetingRecord
  readonly #deps: RoomDeps
  readonly #queue = new SerialQueue()
  readonly #feed: RosterFeed
  readonly #present = new Map<ParticipantId, Connection>()
  readonly #door: Door
  readonly #removed: { sessionIds: Set<string>; userIds: Set<string> }
  #conference: { readonly id: ConferenceId; readonly chat: RoomChat } | null
  #roster: Roster
  #lobbyOn: boolean
  #arrivals: Arrival[] = []
  #over = false

  constructor(meeting: MeetingRecord, open: OpenConference | null, deps: RoomDeps) {
    this.meeting = meeting
    this.#deps = deps
    const capacity = deps.env.MEETING_CAPACITY
    this.#roster = open ? restoredRoster(capacity, open.visits, deps.now()) : emptyRoster(capacity)
    this.#door = new Door(deps.waitingCapacity, (waiting) =>
      deps.broadcast(meeting.id, 'hosts', 'lobby:changed', { waiting }),
    )
    this.#lobbyOn = meeting.lobby
    this.#removed = {
      sessionIds: new Set(open?.removed.sessionIds),
      userIds: new Set(open?.removed.userIds),
    }
    this.#conference = open && { id: open.id, chat: this.#chat(open.id, open.chat) }
    this.#feed = new RosterFeed((payload) => deps.broadcast(meeting.id, 'members', 'roster:changed', payload))
  }

  get conferenceId(): ConferenceId | null {
    return this.#conference?.id ?? null
  }

  get participants(): number {
    return this.#roster.members.size
  }

  get waiting(): number {
    return this.#door.size
  }

  /** Nobody sits, waits or comes, and nothing is being written: the room can be forgotten. */
  get idle(): boolean {
    const nobody = this.#roster.members.size + this.#door.size + this.#arrivals.length === 0
    return nobody && this.#conference === null && this.#queue.size === 0
  }

  /* ── coming in ─────────────────────────────────────────────────────────────────────────────── */

  /**
   * Takes a seat, waits at the door or returns to a seat. All who come while one write is under way share the next
   * write and the next message to the members: a storm of joins is a handful of each.
   */
  join(connection: Connection, payload: JoinPayload, name: string, role: Role): Promise<JoinAnswer> {
    const { identity } = connection
    const person: Waiting = {
      id: participantId.parse(randomUUID()),
      instanceId: payload.instanceId,
      sessionId: identity.sessionId,
      userId: identity.kind === 'user' ? identity.userId : null,
      name,
      role,
      media: payload.media,
    }
    connection.place = { at: 'entrance' }
    return this.#arrive(connection, person, payload.resume ?? null, false)
  }

  #arrive(
    connection: Connection,
    person: Waiting,
    resume: JoinPayload['resume'] | null,
    admitted: boolean,
  ): Promise<JoinAnswer> {
    return new Promise((answer, refuse) => {
      this.#arrivals.push({ connection, person, resume: resume ?? null, admitted, answer, refuse })
      if (this.#arrivals.length === 1) void this.#queue.run(() => this.#receive())
    })
  }

  /** One round of the entrance. The serial queue prevents two rounds from counting the same free seat (RM-10). */
  async #receive(): Promise<void> {
    const arrivals = this.#arrivals
    this.#arrivals = []
    const seatings: Seating[] = []
    const returning: { arrival: Arrival; id: ParticipantId }[] = []
    const claimed = new Set<ParticipantId>()
    const takenSeats = new Set<number>()
    for (const arrival of arrivals) {
      const { person, connection } = arrival
      const back = this.#seatOf(arrival)
      if (this.#over) this.#refuseArrival(arrival, AppError.notFound('The meeting'))
      else if (!connection.open) this.#refuseArrival(arrival, AppError.unauthenticated())
      else if (this.#wasRemoved(person)) this.#refuseArrival(arrival, REMOVED())
      else if (back !== null && !claimed.has(back)) {
        claimed.add(back)
        returning.push({ arrival, id: back })
      } else if (!arrival.admitted && mustWait(this.#lobbyOn, person.role)) this.#wait(arrival)
      else if (this.#roster.members.size + seatings.length >= this.#roster.capacity)
        this.#refuseArrival(arrival, FULL())
      else {
        const seat = freeSeat(this.#roster, takenSeats)
        takenSeats.add(seat)
        seatings.push({ arrival, visit: { ...person, instanceSeq: 0, seat, handRaisedAt: null } })
      }
    }
    if (returning.length > 0) this.#welcomeBack(returning)
    if (seatings.length > 0) await this.#seat(seatings)
    this.#endIfEmpty()
    // The answers leave before the next round tells anybody of a later version: a snapshot never comes after its deltas.
    await new Promise((done) => setImmediate(done))
  }

  #seatOf({ person, resume }: Arrival): ParticipantId | null {
    const named = resume && resume.conferenceId === this.#conference?.id ? resume.participantId : null
    return seatToReturnTo(this.#roster, person.sessionId, named)
  }

  async #seat(planned: readonly Seating[]): Promise<void> {
    // Numbers in the order of arrival; nobody else gives numbers to newcomers while this round lasts.
    const seatings = planned.map(({ arrival, visit }, index) => ({
      arrival,
      visit: { ...visit, instanceSeq: this.#roster.nextInstanceSeq + index },
    }))
    const visits = seatings.map(({ visit }) => visit)
    try {
      const conference = this.#conference ?? (await this.#startConference())
      await this.#deps.records.createVisits(conference.id, visits)
    } catch (error) {
      for (const { arrival } of seatings) this.#refuseArrival(arrival, error)
      return
    }
    const seated: { arrival: Arrival; id: ParticipantId }[] = []
    const changes: RosterChange[] = []
    for (const { arrival, visit } of seatings) {
      const stillWanted = arrival.connection.open && arrival.connection.place.at !== 'outside' && !this.#over
      const step = stillWanted ? takeSeat(this.#roster, visit, visit.seat) : null
      if (!step?.ok) {
        // Revoked, closed or removed while the seat was being written: nobody ever saw it taken.
        this.#deps.ledger.end({ id: visit.id, reason: 'lost', at: new Date(this.#deps.now()) })
        this.#refuseArrival(arrival, AppError.unauthenticated())
        continue
      }
      const before = visit.instanceSeq
      this.#roster = step.value.roster
      if (step.value.change) changes.push(step.value.change)
      if (this.#roster.members.get(visit.id)?.participant.instanceSeq !== before) this.#remember(visit.id)
      seated.push({ arrival, id: visit.id })
    }
    this.#feed.flush(changes)
    this.#letIn(seated)
  }

  #welcomeBack(returning: readonly { arrival: Arrival; id: ParticipantId }[]): void {
    const changes: RosterChange[] = []
    for (const { arrival, id } of returning) {
      const { instanceId, media } = arrival.person
      const before = this.#present.get(id)
      if (before && before !== arrival.connection) {
        this.#forgetConnection(id, before)
        // The same page on a new connection is one instance; another page has taken its place (WS-9).
        if (this.#roster.members.get(id)?.participant.instanceId === instanceId) before.drop()
        else before.end('replaced')
      }
      const change = this.#step(returnToSeat(this.#roster, id, instanceId, media))
      if (change) changes.push(change)
      this.#remember(id)
    }
    this.#feed.flush(changes)
    this.#letIn(returning)
  }

  /** The members know of them; now they hear what members hear, and get the room as it is at this version. */
  #letIn(arrived: readonly { arrival: Arrival; id: ParticipantId }[]): void {
    const participants = participantsOf(this.#roster)
    for (const { arrival, id } of arrived) {
      const { connection, resume, person } = arrival
      connection.place = { at: 'seat', room: this, id }
      connection.enter('members')
      if (person.role === 'host') connection.enter('hosts')
      this.#present.set(id, connection)
      arrival.answer({ status: 'joined', snapshot: this.snapshot(id, resume?.chatSeq ?? null, participants) })
    }
  }

  #refuseArrival(arrival: Arrival, error: unknown): void {
    if (arrival.connection.place.at === 'entrance') arrival.connection.place = OUTSIDE
    arrival.refuse(error)
  }

  #wasRemoved({ sessionId, userId }: Waiting): boolean {
    return this.#removed.sessionIds.has(sessionId) || (userId !== null && this.#removed.userIds.has(userId))
  }

  async #startConference(): Promise<{ id: ConferenceId; chat: RoomChat }> {
    const id = await this.#deps.records.startConference(this.meeting.id)
    this.#conference = { id, chat: this.#chat(id, []) }
    return this.#conference
  }

  #chat(id: ConferenceId, recent: OpenConference['chat']): RoomChat {
    return new RoomChat(id, recent, this.#deps.records, (message) =>
      this.#deps.broadcast(this.meeting.id, 'members', 'chat:received', { message }),
    )
  }

  /* ── the door ──────────────────────────────────────────────────────────────────────────────── */

  #wait(arrival: Arrival): void {
    const { person, connection } = arrival
    if (!this.#door.knock(person, connection)) {
      this.#refuseArrival(arrival, FULL())
      return
    }
    connection.place = { at: 'door', room: this, id: person.id }
    arrival.answer({ status: 'waiting' })
    this.#door.tell()
  }

  /** Lets in those who still wait. @throws AppError full, unavailable: they go on waiting */
  async admit(ids: readonly ParticipantId[]): Promise<void> {
    const outcomes = await Promise.allSettled(
      ids.map((id) => {
        const taken = this.#door.take(id)
        if (!taken) throw AppError.notFound('That person')
        return this.#bringIn(taken.connection, taken.person)
      }),
    )
    this.#door.tell()
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }

  async #bringIn(connection: Connection, person: Waiting): Promise<void> {
    try {
      const answer = await this.#arrive(connection, person, null, true)
      if (answer.status === 'joined') connection.send('meeting:admitted', { snapshot: answer.snapshot })
    } catch (error) {
      const gone = !connection.open || connection.place.at !== 'door' || this.#over
      if (gone || !this.#door.knock(person, connection)) {
        // The doorway has filled up meanwhile, or the person is gone: their page asks again by itself.
        if (connection.place.at === 'door') {
          connection.place = OUTSIDE
          connection.drop()
        }
        throw AppError.notFound('That person')
      }
      throw error
    }
  }

  decline(id: ParticipantId): void {
    if (!this.#door.sendAway(id, 'declined')) throw AppError.notFound('That person')
    this.#door.tell()
  }

  /** Turned off, everybody at the door comes in. */
  async setLobby(enabled: boolean): Promise<void> {
    if (this.#lobbyOn !== enabled) {
      this.#lobbyOn = enabled
      const settings = { version: this.#feed.nextVersion(), settings: { lobby: enabled } }
      this.#deps.broadcast(this.meeting.id, 'members', 'settings:changed', settings)
    }
    if (enabled) return
    await this.admit(this.#door.ids).catch((error: unknown) =>
      this.#deps.log.info(
        { err: error, meetingId: this.meeting.id },
        'not everybody at the door could come in',
      ),
    )
  }

  /* ── in the room ───────────────────────────────────────────────────────────────────────────── */

  /** @throws AppError not-found for somebody without a seat here */
  participant(id: ParticipantId): Participant {
    const member = this.#roster.members.get(id)
    if (!member) throw AppError.notFound('That person')
    return member.participant
  }

  setMedia(id: ParticipantId, media: MediaState): void {
    this.#tell(id, setMedia(this.#roster, id, media))
  }

  setHand(id: ParticipantId, raised: boolean): void {
    this.#tell(id, setHand(this.#roster, id, raised ? this.#deps.now() : null))
  }

  react(from: ParticipantId, emoji: ServerPayload<'reaction:received'>['emoji']): void {
    this.#deps.broadcast(this.meeting.id, 'members', 'reaction:received', { from, emoji })
  }

  /** To one instance of one member who is here now; dropped when there is none (WS-6). The sender is ours to name. */
  relay(from: ParticipantId, { to, toInstance, signal }: ClientPayload<'signal:send'>): void {
    const sender = this.#roster.members.get(from)
    const receiver = this.#roster.members.get(to)
    if (!sender || receiver?.participant.instanceId !== toInstance || to === from) return
    const fromInstance = sender.participant.instanceId
    this.#present.get(to)?.send('signal:received', { from, fromInstance, signal })
  }

  requestMute(by: ParticipantId, id: ParticipantId): void {
    this.participant(id)
    this.#present.get(id)?.send('microphone:muteRequested', { by })
  }

  chat(): RoomChat {
    if (!this.#conference) throw AppError.notFound('The meeting')
    return this.#conference.chat
  }

  iceAccess(id: ParticipantId): ClientAnswer<'ice:refresh'> {
    return iceServersFor(this.#deps.env, id, this.#deps.now())
  }

  /** @param seenSeq the last chat message that the receiver has, or null */
  snapshot(id: ParticipantId, seenSeq: number | null, participants?: Participant[]): Snapshot {
    this.#feed.flush()
    const self = this.participant(id)
    const conference = this.#conference
    if (!conference) throw AppError.notFound('The meeting')
    return {
      version: this.#feed.version,
      conferenceId: conference.id,
      title: this.meeting.title,
      self: id,
      participants: participants ?? participantsOf(this.#roster),
      waiting: self.role === 'host' ? this.#door.people : [],
      settings: { lobby: this.#lobbyOn },
      transport: { kind: 'mesh', epoch: 0 },
      ...this.iceAccess(id),
      chat: conference.chat.recent(seenSeq),
      serverTime: this.#deps.now(),
    }
  }

  /* ── going ─────────────────────────────────────────────────────────────────────────────────── */

  /** The connection is gone: the seat is kept for a while, a place at the door is not. */
  lose(connection: Connection): void {
    const { place } = connection
    connection.place = OUTSIDE
    if (place.at === 'door') {
      if (this.#door.take(place.id)) this.#door.tell()
    } else if (place.at === 'seat' && this.#present.get(place.id) === connection) {
      this.#present.delete(place.id)
      this.#feed.push(this.#step(loseConnection(this.#roster, place.id, this.#deps.now())))
    }
  }

  leave(connection: Connection): void {
    const { place } = connection
    connection.exit()
    if (place.at === 'seat') this.#vacate(place.id, 'left')
    else this.lose(connection)
  }

  /** Out, at once and for the rest of this conference (RM-4). */
  remove(id: ParticipantId): { sessionId: string; userId: string | null } {
    const member = this.#roster.members.get(id)
    if (!member) throw AppError.notFound('That person')
    const { sessionId, userId } = member
    this.#removed.sessionIds.add(sessionId)
    if (userId !== null) this.#removed.userIds.add(userId)
    for (const [otherId, other] of this.#roster.members) {
      const samePerson = other.sessionId === sessionId || (userId !== null && other.userId === userId)
      if (samePerson) this.#expel(otherId, 'removed', 'removed')
    }
    this.#door.sendSessionAway(sessionId, 'removed')
    return { sessionId, userId }
  }

  /** A session has ended: its seats and its places at the door are gone, so that the others drop its media. */
  endSession(sessionId: string, reason: EndReason): void {
    const left: LeaveReason = reason === 'removed' ? 'removed' : reason === 'signed-out' ? 'left' : 'revoked'
    for (const [id, member] of this.#roster.members) {
      if (member.sessionId === sessionId) this.#expel(id, left, reason)
    }
    this.#door.sendSessionAway(sessionId, reason)
  }

  /** Gives up the seats of those who stayed away too long. */
  tick(): void {
    const graceMs = this.#deps.env.SEAT_GRACE_SECONDS * 1_000
    for (const id of seatsGivenUp(this.#roster, this.#deps.now(), graceMs)) this.#vacate(id, 'lost')
    this.#endIfEmpty()
  }

  /**
   * Over for everyone. `write` runs first, in the queue: nobody comes in between the write and the end.
   * @throws what `write` throws; the meeting then goes on
   */
  end(reason: EndReason, write: () => Promise<void>): Promise<void> {
    return this.#queue.run(async () => {
      await write()
      this.#over = true
      this.#conference = null
      this.#feed.close()
      for (const arrival of this.#arrivals.splice(0)) arrival.refuse(AppError.notFound('The meeting'))
      this.#door.sendAllAway(reason)
      for (const connection of this.#present.values()) {
        connection.place = OUTSIDE
        connection.end(reason)
      }
      this.#present.clear()
      this.#roster = emptyRoster(this.#roster.capacity)
    })
  }

  /** Stops without ending anything: what was written down lets another process go on. */
  close(): void {
    this.#over = true
    this.#feed.close()
  }

  #expel(id: ParticipantId, left: LeaveReason, reason: EndReason): void {
    const connection = this.#present.get(id)
    this.#vacate(id, left)
    connection?.end(reason)
  }

  #vacate(id: ParticipantId, reason: LeaveReason): void {
    const connection = this.#present.get(id)
    if (connection) this.#forgetConnection(id, connection)
    const change = this.#step(giveUpSeat(this.#roster, id, reason))
    if (!change) return
    this.#feed.push(change)
    this.#deps.ledger.end({ id, reason, at: new Date(this.#deps.now()) })
    this.#endIfEmpty()
  }

  #forgetConnection(id: ParticipantId, connection: Connection): void {
    connection.exit()
    connection.place = OUTSIDE
    this.#present.delete(id)
  }

  /** A conference with nobody left ends. Not written yet, it is tried again with the next tick. */
  #endIfEmpty(): void {
    if (this.#over || !this.#conference || this.#roster.members.size > 0 || this.#queue.size > 0) return
    void this.#queue.run(async () => {
      const conference = this.#conference
      if (!conference || this.#over || this.#roster.members.size > 0 || this.#arrivals.length > 0) return
      try {
        await this.#deps.ledger.flush()
        await this.#deps.records.endConference(conference.id, new Date(this.#deps.now()))
        this.#conference = null
        this.#removed.sessionIds.clear()
        this.#removed.userIds.clear()
      } catch (error) {
        this.#deps.log.warn(
          { err: error, conferenceId: conference.id },
          'the end could not be written; will retry',
        )
      }
    })
  }

  #tell(id: ParticipantId, step: RosterStep): void {
    const change = this.#step(step)
    if (!change) return
    this.#feed.push(change)
    this.#remember(id)
  }

  #step({ roster, change }: RosterStep): RosterChange | null {
    this.#roster = roster
    return change
  }

  #remember(id: ParticipantId): void {
    const participant = this.#roster.members.get(id)?.participant
    if (participant) this.#deps.ledger.save(participant)
  }
}

const FULL = (): AppError => new AppError('full', 'This meeting is full.')
const REMOVED = (): AppError => new AppError('forbidden', 'You were removed from this meeting by its host.')
