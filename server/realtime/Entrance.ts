import { randomUUID } from 'node:crypto'
import { permittedMedia, runsMeeting } from '#lib/domain/authority.ts'
import { mustWait, type Waiting } from '#lib/domain/lobby.ts'
import {
  freeSeat,
  isPerson,
  participantsOf,
  peopleIn,
  recordersIn,
  returnToSeat,
  seatToReturnTo,
  takeSeat,
} from '#lib/domain/roster.ts'
import { AppError } from '#lib/errors.ts'
import type {
  ClientAnswer,
  ClientPayload,
  JoinOffer,
  LinkSignal,
  Role,
  RosterChange,
} from '#lib/protocol/events.ts'
import { type ParticipantId, participantId } from '#lib/protocol/ids.ts'
import { type Connection, OUTSIDE } from './Connection.ts'
import type { Room } from './Room.ts'
import type { RoomState } from './RoomState.ts'
import type { VisitRecord } from './records.ts'

type JoinAnswer = ClientAnswer<'meeting:join'>
type JoinPayload = ClientPayload<'meeting:join'>

/** Somebody who wants in: from outside, or from the door after a host's word. */
type Arrival = {
  readonly connection: Connection
  readonly person: Waiting
  readonly resume: NonNullable<JoinPayload['resume']> | null
  readonly offer: JoinOffer | null
  readonly admitted: boolean
  readonly answer: (outcome: JoinAnswer) => void
  readonly refuse: (error: unknown) => void
}

type Seating = { readonly arrival: Arrival; readonly visit: VisitRecord }
type Seated = { readonly arrival: Arrival; readonly id: ParticipantId }
/** With whoever was given their offer. */
type Introduced = Seated & { readonly offeredTo: ParticipantId | null }

/** Rounds that seat somebody are at least this far apart. */
const ROUND_MS = 8
/** After a round of `CROWD` or more: each round is a message to every member, and many more are on their way. */
const CROWD_ROUND_MS = 24
const CROWD = 4

/**
 * The one way to a seat of a room. Whoever comes alone is in at once; all who come within the next moment share a round,
 * which is one message to the members: a storm of joins is a handful of them. The seat is written down right after
 * (SeatLedger), so that no first frame waits for the database.
 */
export class Entrance {
  readonly #room: Room
  readonly #state: RoomState
  /** After each round: those who came may all be gone again. */
  readonly #roundOver: () => void
  /** A recorder comes: there is one at a time (REC-11). */
  readonly #replaceRecorder: () => void
  #arrivals: Arrival[] = []
  /** Of `performance.now()`. */
  #nextRoundAt = 0

  constructor(room: Room, state: RoomState, on: { roundOver(): void; recorder(): void }) {
    this.#room = room
    this.#state = state
    this.#roundOver = on.roundOver
    this.#replaceRecorder = on.recorder
  }

  /** Those whose round has not begun. */
  get size(): number {
    return this.#arrivals.length
  }

  /** Takes a seat, waits at the door or returns to a seat. */
  join(connection: Connection, payload: JoinPayload, name: string, role: Role): Promise<JoinAnswer> {
    const { identity } = connection
    const person: Waiting = {
      id: participantId.parse(randomUUID()),
      instanceId: payload.instanceId,
      sessionId: identity.sessionId,
      userId: identity.kind === 'user' ? identity.userId : null,
      name,
      role,
      media: identity.kind === 'recorder' ? NO_MEDIA : payload.media,
    }
    connection.place = { at: 'entrance' }
    return this.#arrive(connection, person, payload, false)
  }

  /** Somebody from the door, with a host's word. */
  admit(connection: Connection, person: Waiting): Promise<JoinAnswer> {
    return this.#arrive(connection, person, {}, true)
  }

  /** The meeting is over: whoever still waits for a round hears it now. */
  close(): void {
    for (const arrival of this.#arrivals.splice(0)) arrival.refuse(AppError.notFound('The meeting'))
  }

  #arrive(
    connection: Connection,
    person: Waiting,
    { resume, offer }: Pick<JoinPayload, 'resume' | 'offer'>,
    admitted: boolean,
  ): Promise<JoinAnswer> {
    return new Promise((answer, refuse) => {
      this.#arrivals.push({
        connection,
        person,
        resume: resume ?? null,
        offer: offer ?? null,
        admitted,
        answer,
        refuse,
      })
      if (this.#arrivals.length === 1) void this.#state.queue.run(() => this.#receive())
    })
  }

  /** One round. The serial queue prevents two rounds from counting the same free seat (RM-10). */
  async #receive(): Promise<void> {
    const waitMs = this.#nextRoundAt - performance.now()
    if (waitMs > 0) await new Promise((done) => setTimeout(done, waitMs))
    const arrivals = this.#arrivals.splice(0)
    const { returning, seatings } = this.#sort(arrivals)
    if (returning.length > 0) this.#welcomeBack(returning)
    if (returning.length > 0 && seatings.length > 0) await answersSent()
    if (seatings.length > 0) await this.#seat(seatings)
    const roundMs = arrivals.length < CROWD ? ROUND_MS : CROWD_ROUND_MS
    this.#nextRoundAt = performance.now() + (this.#state.deps.joinRoundMs ?? roundMs)
    this.#roundOver()
    await answersSent()
  }

  /** Who returns and who gets a seat; the others are answered on the spot. */
  #sort(arrivals: readonly Arrival[]): { returning: Seated[]; seatings: Seating[] } {
    const { roster, over, settings } = this.#state
    const returning: Seated[] = []
    const seatings: Seating[] = []
    const claimed = new Set<ParticipantId>()
    const takenSeats = new Set<number>()
    const recorder = arrivals.findLast(({ person }) => !isPerson(person))
    let people = peopleIn(roster)
    for (const arrival of arrivals) {
      const { person, connection } = arrival
      const back = this.#seatOf(arrival)
      if (over) this.#refuse(arrival, AppError.notFound('The meeting'))
      else if (!connection.open) this.#refuse(arrival, AppError.unauthenticated())
      else if (this.#state.isKeptOut(person)) this.#refuse(arrival, REMOVED())
      else if (
        !isPerson(person) &&
        (arrival !== recorder || !this.#mayRecord(arrival) || (back === null && this.#wasReplaced(arrival)))
      )
        this.#refuse(arrival, AppError.forbidden())
      else if (back !== null && !claimed.has(back)) {
        claimed.add(back)
        returning.push({ arrival, id: back })
      } else if (!arrival.admitted && mustWait(settings.lobby, person.role)) this.#wait(arrival)
      else if (isPerson(person) && people >= roster.capacity) this.#refuse(arrival, FULL())
      else {
        if (isPerson(person)) people += 1
        const seat = freeSeat(roster, takenSeats)
        takenSeats.add(seat)
        seatings.push({
          arrival,
          visit: { ...person, instanceSeq: 0, seat, handRaisedAt: null, coHost: false },
        })
      }
    }
    return { returning, seatings }
  }

  #seatOf({ person, resume }: Arrival): ParticipantId | null {
    const { roster, conference } = this.#state
    const named = resume && resume.conferenceId === conference?.id ? resume.participantId : null
    return seatToReturnTo(roster, person.sessionId, named)
  }

  /** Only the recorder of the recording that goes on (REC-10). */
  #mayRecord({ connection: { identity } }: Arrival): boolean {
    return identity.kind === 'recorder' && this.#state.recording.admits(identity.recordingId)
  }

  /** It had a seat, was away for longer than that is kept, and another one has gone on (REC-11). */
  #wasReplaced({ resume }: Arrival): boolean {
    return resume !== null && recordersIn(this.#state.roster).length > 0
  }

  #wait(arrival: Arrival): void {
    const { person, connection } = arrival
    const { door } = this.#state
    if (!door.knock(person, connection)) {
      this.#refuse(arrival, FULL())
      return
    }
    connection.place = { at: 'door', room: this.#room, id: person.id }
    arrival.answer({ status: 'waiting' })
    door.tell()
  }

  async #seat(planned: readonly Seating[]): Promise<void> {
    const state = this.#state
    const { ledger } = state.deps
    // Numbers in the order of arrival; nobody else gives numbers to newcomers while this round lasts.
    const seatings = planned.map(({ arrival, visit }, index) => ({
      arrival,
      visit: { ...visit, instanceSeq: state.roster.nextInstanceSeq + index },
    }))
    const writesLater = state.conference !== null && ledger.trusted
    if (!writesLater && !(await this.#writeFirst(seatings))) return
    const seated: Seated[] = []
    const changes: RosterChange[] = []
    for (const { arrival, visit } of seatings) {
      const change = this.#sitDown(arrival, visit)
      if (!change) continue
      changes.push(change)
      seated.push({ arrival, id: visit.id })
    }
    if (writesLater && state.conference) {
      ledger.take(
        state.conference.id,
        seatings.map(({ visit }) => visit),
      )
    }
    // The order to switch comes before the news of who made it necessary: nobody connects to them the former way.
    state.transport.consider()
    this.#introduce(seated, changes)
  }

  /** The first of a conference, and whoever comes while the database is in doubt: no seat without its row (RT-11). */
  async #writeFirst(seatings: readonly Seating[]): Promise<boolean> {
    try {
      const conference = this.#state.conference ?? (await this.#state.startConference())
      await this.#state.deps.records.createVisits(
        conference.id,
        seatings.map(({ visit }) => visit),
      )
      return true
    } catch (error) {
      for (const { arrival } of seatings) this.#refuse(arrival, error)
      return false
    }
  }

  /** Null for somebody revoked, closed or removed while the seat was being written: nobody ever saw it taken. */
  #sitDown(arrival: Arrival, visit: VisitRecord): RosterChange | null {
    const state = this.#state
    const { connection } = arrival
    const recorder = !isPerson(visit)
    const stillWanted =
      connection.open &&
      connection.place.at !== 'outside' &&
      !state.over &&
      (!recorder || this.#mayRecord(arrival))
    if (stillWanted && recorder) this.#replaceRecorder()
    const media = permittedMedia(state.settings.permissions, visit, visit.media)
    const taken = stillWanted ? takeSeat(state.roster, { ...visit, media }, visit.seat) : null
    if (!taken?.ok) {
      state.deps.ledger.end({ id: visit.id, reason: 'lost', at: new Date(state.deps.now()) })
      this.#refuse(arrival, AppError.unauthenticated())
      return null
    }
    const change = state.step(taken.value)
    const seated = state.participant(visit.id)
    // Somebody returned meanwhile and took the number that was written, or a host has forbidden what was.
    if (seated.instanceSeq !== visit.instanceSeq || seated.media !== visit.media) state.remember(visit.id)
    return change
  }

  #welcomeBack(returning: readonly Seated[]): void {
    const state = this.#state
    const changes: RosterChange[] = []
    for (const { arrival, id } of returning) {
      const { instanceId, media } = arrival.person
      this.#replaceConnection(id, arrival)
      const self = state.participant(id)
      const { instanceId: former } = self
      if (former !== instanceId) state.transport.forget({ participantId: id, instanceId: former })
      const sent = permittedMedia(state.settings.permissions, self, media)
      const change = state.step(returnToSeat(state.roster, id, instanceId, sent))
      if (change) changes.push(change)
      state.remember(id)
    }
    this.#introduce(returning, changes)
  }

  /** Offers before the news of who made them: who has one answers it instead of offering. */
  #introduce(seated: readonly Seated[], changes: readonly RosterChange[]): void {
    const introduced = seated.map((one) => ({ ...one, offeredTo: this.#passOffer(one) }))
    this.#state.feed.flush(changes)
    this.#letIn(introduced)
  }

  /** To whoever is there longest, in a mesh alone; of no use to anybody else. */
  #passOffer({ arrival: { offer }, id }: Seated): ParticipantId | null {
    const { present, transport } = this.#state
    const { kind, epoch } = transport.current
    if (offer === null || kind !== 'mesh') return null
    const others = [...present.keys()].map((other) => this.#state.participant(other))
    const [to] = others
      .filter((other) => other.id !== id && isPerson(other))
      .sort((one, other) => one.instanceSeq - other.instanceSeq)
    if (to === undefined) return null
    const { sdp, candidates } = offer
    const tell = (signal: LinkSignal) =>
      this.#room.relay(id, { to: to.id, toInstance: to.instanceId, epoch, signal })
    tell({ type: 'description', kind: 'offer', sdp })
    if (candidates.length > 0) tell({ type: 'candidates', candidates })
    return to.id
  }

  /** The same page on a new connection is one instance; another page takes the former one's place (WS-9). */
  #replaceConnection(id: ParticipantId, { connection, person }: Arrival): void {
    const before = this.#state.present.get(id)
    if (!before || before === connection) return
    this.#state.forgetConnection(id, before)
    if (this.#state.participant(id).instanceId === person.instanceId) before.drop()
    else before.end('replaced')
  }

  /** The members know of them; now they hear what members hear, and get the room as it is at this version. */
  #letIn(introduced: readonly Introduced[]): void {
    const state = this.#state
    const participants = participantsOf(state.roster)
    for (const { arrival, id, offeredTo } of introduced) {
      const { connection, resume } = arrival
      connection.place = { at: 'seat', room: this.#room, id }
      connection.enter('members')
      if (runsMeeting(state.participant(id))) connection.enter('hosts')
      state.present.set(id, connection)
      arrival.answer({
        status: 'joined',
        snapshot: state.snapshot(id, resume?.chatSeq ?? null, participants),
        ...(offeredTo === null ? {} : { offeredTo }),
      })
    }
  }

  #refuse(arrival: Arrival, error: unknown): void {
    if (arrival.connection.place.at === 'entrance') arrival.connection.place = OUTSIDE
    arrival.refuse(error)
  }
}

const NO_MEDIA = { microphone: false, camera: false, screen: false }

/** Answers leave before anybody is told of a later version: a snapshot never comes after its deltas. */
const answersSent = (): Promise<void> => new Promise((done) => setImmediate(done))

const FULL = (): AppError => new AppError('full', 'This meeting is full.')
const REMOVED = (): AppError => new AppError('forbidden', 'You were removed from this meeting by its host.')
