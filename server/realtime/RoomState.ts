import { runsMeeting } from '#lib/domain/authority.ts'
import type { Waiting } from '#lib/domain/lobby.ts'
import {
  emptyRoster,
  participantsOf,
  peopleIn,
  type Roster,
  type RosterStep,
  restoredRoster,
} from '#lib/domain/roster.ts'
import type { TransportRules } from '#lib/domain/transportPolicy.ts'
import { AppError } from '#lib/errors.ts'
import type {
  ClientAnswer,
  Participant,
  RosterChange,
  Settings,
  Snapshot,
  Transport,
} from '#lib/protocol/events.ts'
import type { ConferenceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { RecordingStopReason, RoomRecording as ShownRecording } from '#lib/protocol/recordings.ts'
import { SerialQueue } from '#lib/queue.ts'
import type { Env } from '#server/env.ts'
import type { Log } from '#server/log.ts'
import type { RecordingProgress } from '#server/recordings/RecordingJobs.ts'
import type { Sfu } from '#server/sfu/Sfu.ts'
import { type Broadcast, type Connection, OUTSIDE } from './Connection.ts'
import { Door } from './Door.ts'
import { iceServersFor } from './iceServers.ts'
import { RoomChat } from './RoomChat.ts'
import { type RecordingParts, RoomRecording } from './RoomRecording.ts'
import { RoomTransport, type RoomTransportDeps } from './RoomTransport.ts'
import { RosterFeed } from './RosterFeed.ts'
import type { ConferenceRecords, MeetingRecord, OpenConference } from './records.ts'
import type { SeatLedger } from './SeatLedger.ts'

export type RoomDeps = {
  readonly records: ConferenceRecords
  readonly ledger: SeatLedger
  readonly broadcast: Broadcast
  readonly env: Pick<
    Env,
    'MEETING_CAPACITY' | 'MESH_CAPACITY' | 'SEAT_GRACE_SECONDS' | 'ICE_SERVERS' | 'TURN_URLS' | 'TURN_SECRET'
  >
  readonly waitingCapacity: number
  readonly sfu: Sfu
  readonly recording: RecordingParts
  readonly transportRules: TransportRules
  /** Least time between two rounds of joins; another one only in tests. */
  readonly joinRoundMs?: number
  readonly log: Log
  /** ms since the epoch */
  readonly now: () => number
}

type RecordingSettings = Pick<Settings, 'recording' | 'unrecorded'>

/** What a former process has left of a meeting: its conference, and the recording that went on in it. */
export type LeftBehind = { readonly conference: OpenConference; readonly recording: RecordingProgress | null }

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
  readonly transport: RoomTransport
  readonly recording: RoomRecording
  /** Who is connected, of those who sit. */
  readonly present = new Map<ParticipantId, Connection>()
  conference: Conference | null
  roster: Roster
  settings: Settings
  /** Nobody comes in any more. */
  over = false
  readonly #removed: { readonly sessionIds: Set<string>; readonly userIds: Set<string> }

  /** @param recordingOver its recorder has nothing more to do here */
  constructor(meeting: MeetingRecord, left: LeftBehind | null, deps: RoomDeps, recordingOver: () => void) {
    const { broadcast, now, waitingCapacity } = deps
    const open = left?.conference
    this.meeting = meeting
    this.deps = deps
    this.recording = new RoomRecording(
      {
        ...deps.recording,
        meeting,
        log: deps.log,
        now,
        conference: () =>
          this.conference && { id: this.conference.id, seated: (id) => this.roster.members.has(id) },
        changed: () => this.applySettings({}),
        announce: (recording, stopped) => {
          if (recording === null) recordingOver()
          this.#announceRecording(recording, stopped)
        },
      },
      left?.recording,
    )
    const { lobby, mediaPolicy, permissions } = meeting
    this.settings = { lobby, mediaPolicy, permissions, ...this.#recordingSettings() }
    const capacity = this.#capacity()
    this.roster = open ? restoredRoster(capacity, open.visits, now()) : emptyRoster(capacity)
    this.door = new Door(waitingCapacity, (waiting) =>
      broadcast(meeting.id, 'hosts', 'lobby:changed', { waiting }),
    )
    this.#removed = {
      sessionIds: new Set(open?.removed.sessionIds),
      userIds: new Set(open?.removed.userIds),
    }
    this.conference = open ? { id: open.id, chat: this.#chat(open.id, open.chat) } : null
    this.transport = new RoomTransport(
      {
        sfu: deps.sfu,
        rules: deps.transportRules,
        log: deps.log,
        now,
        facts: () => this.#transportFacts(),
        announce: (transport) => this.#announceTransport(transport),
      },
      open?.transport ?? null,
    )
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
    this.recording.end()
    if (this.conference) this.transport.end(this.conference.id)
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

  /** What can be recorded, and what should be, is not the caller's to say: it is looked up. */
  applySettings(change: Partial<Omit<Settings, keyof RecordingSettings>>): void {
    const settings = { ...this.settings, ...change, ...this.#recordingSettings() }
    if (JSON.stringify(settings) === JSON.stringify(this.settings)) return
    this.settings = settings
    this.updateCapacity()
    const version = this.feed.nextVersion()
    this.deps.broadcast(this.meeting.id, 'members', 'settings:changed', { version, settings })
    this.transport.consider()
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
      waiting: runsMeeting(self) ? this.door.people : [],
      settings: this.settings,
      transport: this.transport.current,
      recording: this.recording.current,
      ...this.iceAccess(id),
      chat: conference.chat.recent(seenSeq),
      serverTime: this.deps.now(),
    }
  }

  #recordingSettings(): RecordingSettings {
    const { offered: recording, missing: unrecorded } = this.recording
    return { recording, unrecorded }
  }

  /** A mesh grows with the square of its people: it takes fewer. Who sits already keeps their seat. */
  updateCapacity(): void {
    this.roster = { ...this.roster, capacity: this.#capacity() }
  }

  #capacity(): number {
    const { env, sfu } = this.deps
    const direct = this.settings.mediaPolicy === 'direct'
    const served = sfu.status.state === 'available' && !direct
    return served ? env.MEETING_CAPACITY : Math.min(env.MEETING_CAPACITY, env.MESH_CAPACITY)
  }

  #transportFacts(): ReturnType<RoomTransportDeps['facts']> {
    if (!this.conference) return null
    const members = [...this.roster.members.values()]
    return {
      conferenceId: this.conference.id,
      policy: this.settings.mediaPolicy,
      people: peopleIn(this.roster),
      sharing: members.some(({ participant }) => participant.media.screen),
      recording: this.recording.byServer,
    }
  }

  #announceRecording(recording: ShownRecording | null, stopped: RecordingStopReason | null): void {
    const version = this.feed.nextVersion()
    this.deps.broadcast(this.meeting.id, 'members', 'recording:changed', { version, recording, stopped })
    this.transport.consider()
  }

  #announceTransport(transport: Transport): void {
    const { broadcast, records, log } = this.deps
    const version = this.feed.nextVersion()
    broadcast(this.meeting.id, 'members', 'transport:changed', { version, transport })
    // Told first: a switch does not wait for the database. After a crash in between, the former order stands again.
    if (!this.conference) return
    records
      .saveTransport(this.conference.id, transport)
      .catch((error: unknown) => log.warn({ err: error, transport }, 'the transport could not be written'))
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
