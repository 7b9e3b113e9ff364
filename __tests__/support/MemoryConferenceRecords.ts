import { randomUUID } from 'node:crypto'
import { AppError } from '#lib/errors.ts'
import type { ChatMessage } from '#lib/protocol/events.ts'
import { type ConferenceId, conferenceId, type ParticipantId } from '#lib/protocol/ids.ts'
import type {
  ConferenceRecords,
  MeetingRecord,
  NewMessage,
  SeatState,
  VisitEnd,
  VisitRecord,
} from '#server/realtime/records.ts'

/** ConferenceRecords in memory, for one meeting: for tests that run a room ten thousand times. */
export class MemoryConferenceRecords implements ConferenceRecords {
  readonly #meeting: MeetingRecord
  readonly visits = new Map<ParticipantId, VisitRecord & { end?: VisitEnd }>()
  readonly #messages: ChatMessage[] = []
  #open: ConferenceId | null = null
  /** The next write fails, as with the database away. */
  failNext = false

  constructor(meeting: MeetingRecord) {
    this.#meeting = meeting
  }

  meetingByCode = async () => this.#meeting
  meetingOfConference = async () => this.#meeting
  openConference = async () => null
  setLobby = async () => {}
  setMediaPolicy = async () => {}
  setPermission = async () => {}
  saveTransport = async () => {}
  keepAlive = async () => {}
  messagesAfter = async (_id: ConferenceId, afterSeq: number, take: number) =>
    this.#messages.filter(({ seq }) => seq > afterSeq).slice(0, take)

  async startConference(): Promise<ConferenceId> {
    this.#mayFail()
    this.#open = conferenceId.parse(randomUUID())
    return this.#open
  }

  async createVisits(_conference: ConferenceId, visits: readonly VisitRecord[]): Promise<void> {
    await Promise.resolve()
    this.#mayFail()
    for (const visit of visits) this.visits.set(visit.id, visit)
  }

  async saveSeats(seats: readonly SeatState[]): Promise<void> {
    for (const seat of seats) {
      const visit = this.visits.get(seat.id)
      if (visit) this.visits.set(seat.id, { ...visit, ...seat })
    }
  }

  async closeVisits(ends: readonly VisitEnd[]): Promise<void> {
    for (const end of ends) {
      const visit = this.visits.get(end.id)
      if (visit && !visit.end) this.visits.set(end.id, { ...visit, end })
    }
  }

  async endConference(): Promise<void> {
    this.#mayFail()
    this.#open = null
  }

  async endMeeting(): Promise<void> {
    this.#open = null
  }

  async appendMessage({ id, visitId, authorName, text }: NewMessage) {
    const seq = this.#messages.length + 1
    const message: ChatMessage = { id, seq, from: visitId, authorName, text, sentAt: seq }
    this.#messages.push(message)
    return { message, isNew: true }
  }

  #mayFail(): void {
    if (!this.failNext) return
    this.failNext = false
    throw AppError.unavailable(new Error('away'))
  }
}
