import type { Waiting } from '#lib/domain/lobby.ts'
import {
  emptyRoster,
  participantsOf,
  type Roster,
  type RosterStep,
  restoredRoster,
} from '#lib/domain/roster.ts'
import { AppError } from '#lib/errors.ts'
import type { ClientAnswer, Participant, RosterChange, Snapshot } from '#lib/protocol/events.ts'
import type { ConferenceId, ParticipantId } from '#lib/protocol/ids.ts'
import { SerialQueue } from '#lib/queue.ts'
import type { Env } from '#server/env.ts'
import type { Log } from '#server/log.ts'
import { type Broadcast, type Connection, OUTSIDE } from './Connection.ts'
import { Door } from './Door.ts'
import { iceServersFor } from './iceServers.ts'
import { RoomChat } from './RoomChat.ts'
import { RosterFeed } from './RosterFeed.ts'
import type { ConferenceRecords, MeetingRecord, OpenConference } from './records.ts'
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
  /** Least time between two rounds of joins; another one only in tests. */
  readonly joinRoundMs?: number
  readonly log: Log
  /** ms since the epoch */
  readonly now: () => number
}

type Conference = { readonly id: ConferenceId; readonly chat: RoomChat }

/**
 * What is true of one meeting now, shared by the parts of its room: the entrance, the exit and what goes on between.
 * Changed by the pure transitions of lib/domain only. Whatever waits for the database runs in `queue`.
 */
export class RoomState {
  readonly meeting: MeetingRecord
  readonly deps: RoomDeps
  readonly queue = new SerialQueue()
  readonly feed: RosterFeed
  readonly door: Door
  /** Who is connected, of those who sit. */
  readonly present = new Map<ParticipantId, Connection>()
  conference: Conference | null
  roster: Roster
  lobbyOn: boolean
  /** Nobody comes in any more. */
  over = false
  readonly #removed: { readonly sessionIds: Set<string>; readonly userIds: Set<string> }

  constructor(meeting: MeetingRecord, open: OpenConference | null, deps: RoomDeps) {
    const { broadcast, env, now, waitingCapacity } = deps
    this.meeting = meeting
    this.deps = deps
    this.lobbyOn = meeting.lobby
    const capacity = env.MEETING_CAPACITY
    this.roster = open ? restoredRoster(capacity, open.visits, now()) : emptyRoster(capacity)
    this.door = new Door(waitingCapacity, (waiting) =>
      broadcast(meeting.id, 'hosts', 'lobby:changed', { waiting }),
    )
    this.#removed = {
      sessionIds: new Set(open?.removed.sessionIds),
      userIds: new Set(open?.removed.userIds),
    }
    this.conference = open && { id: open.id, chat: this.#chat(open.id, open.chat) }
    this.feed = new RosterFeed((payload) => broadcast(meeting.id, 'members', 'roster:changed', payload))
  }

  /** @throws AppError unavailable */
  async startConference(): Promise<Conference> {
    const id = await this.deps.records.startConference(this.meeting.id)
    this.conference = { id, chat: this.#chat(id, []) }
    return this.conference
  }

  /** The next who come begin a new one, and nobody is kept out of it. */
  forgetConference(): void {
    this.conference = null
    this.#removed.sessionIds.clear()
    this.#removed.userIds.clear()
  }

  /** For the rest of this conference (RM-4). */
  keepOut({ sessionId, userId }: Pick<Waiting, 'sessionId' | 'userId'>): void {
    this.#removed.sessionIds.add(sessionId)
    if (userId !== null) this.#removed.userIds.add(userId)
  }

  isKeptOut({ sessionId, userId }: Pick<Waiting, 'sessionId' | 'userId'>): boolean {
    return this.#removed.sessionIds.has(sessionId) || (userId !== null && this.#removed.userIds.has(userId))
  }

  /** @throws AppError not-found for somebody without a seat here */
  participant(id: ParticipantId): Participant {
    const member = this.roster.members.get(id)
    if (!member) throw AppError.notFound('That person')
    return member.participant
  }

  /** Takes the step; what it changed is the caller's to tell. */
  step({ roster, change }: RosterStep): RosterChange | null {
    this.roster = roster
    return change
  }

  /** Takes the step, tells the members and has it written down. */
  tell(id: ParticipantId, step: RosterStep): void {
    const change = this.step(step)
    if (!change) return
    this.feed.push(change)
    this.remember(id)
  }

  remember(id: ParticipantId): void {
    const participant = this.roster.members.get(id)?.participant
    if (participant) this.deps.ledger.save(participant)
  }

  forgetConnection(id: ParticipantId, connection: Connection): void {
    connection.exit()
    connection.place = OUTSIDE
    this.present.delete(id)
  }

  iceAccess(id: ParticipantId): ClientAnswer<'ice:refresh'> {
    return iceServersFor(this.deps.env, id, this.deps.now())
  }

  /** @param seenSeq the last chat message that the receiver has, or null */
  snapshot(id: ParticipantId, seenSeq: number | null, participants?: Participant[]): Snapshot {
    this.feed.flush()
    const self = this.participant(id)
    const { conference } = this
    if (!conference) throw AppError.notFound('The meeting')
    return {
      version: this.feed.version,
      conferenceId: conference.id,
      title: this.meeting.title,
      self: id,
      participants: participants ?? participantsOf(this.roster),
      waiting: self.role === 'host' ? this.door.people : [],
      settings: { lobby: this.lobbyOn },
      transport: { kind: 'mesh', epoch: 0 },
      ...this.iceAccess(id),
      chat: conference.chat.recent(seenSeq),
      serverTime: this.deps.now(),
    }
  }

  #chat(id: ConferenceId, recent: OpenConference['chat']): RoomChat {
    const { records, ledger, broadcast } = this.deps
    return new RoomChat(
      id,
      recent,
      {
        messagesAfter: records.messagesAfter,
        appendMessage: async (message) => {
          await ledger.written(message.visitId)
          return records.appendMessage(message)
        },
      },
      (message) => broadcast(this.meeting.id, 'members', 'chat:received', { message }),
    )
  }
}
