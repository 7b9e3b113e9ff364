import { AppError } from '#lib/errors.ts'
import type { ConferenceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { Log } from '#server/log.ts'
import type { ConferenceRecords, SeatState, VisitEnd, VisitRecord } from './records.ts'

const WRITE_DELAY_MS = 200
const RETRY_DELAY_MS = 2_000
const ROWS_PER_WRITE = 500

type LedgerRecords = Pick<ConferenceRecords, 'createVisits' | 'saveSeats' | 'closeVisits'>
type Taking = { readonly conferenceId: ConferenceId; readonly visit: VisitRecord }

/**
 * Writes down who took a seat, at once, and what changes in seats, a moment later and for all rooms together. The room
 * does not wait for it: a hand is up when it is up. While the database is away nothing is lost, it is written when it is
 * back. A crash before a taking was written (one statement's time) loses that seat: its person comes back as somebody new.
 */
export class SeatLedger {
  #takings = new Map<ParticipantId, Taking>()
  #seats = new Map<ParticipantId, SeatState>()
  #ends = new Map<ParticipantId, VisitEnd>()
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()
  #closed = false
  #trusted = true
  readonly #records: LedgerRecords
  readonly #log: Log

  constructor(records: LedgerRecords, log: Log) {
    this.#records = records
    this.#log = log
  }

  /** False from a failed write to the next that succeeds: then nobody new may count on being written down later. */
  get trusted(): boolean {
    return this.#trusted
  }

  /** Seats that were taken just now. */
  take(conferenceId: ConferenceId, visits: readonly VisitRecord[]): void {
    for (const visit of visits) this.#takings.set(visit.id, { conferenceId, visit })
    void this.flush()
  }

  /** Resolves when this seat is in the database, which other rows refer to. @throws AppError unavailable */
  async written(id: ParticipantId): Promise<void> {
    if (this.#takings.has(id)) await this.flush()
    if (this.#takings.has(id)) throw AppError.unavailable(new Error('a seat is not written down yet'))
  }

  save(seat: SeatState): void {
    this.#seats.set(seat.id, seat)
    this.#schedule(WRITE_DELAY_MS)
  }

  end(end: VisitEnd): void {
    this.#seats.delete(end.id)
    this.#ends.set(end.id, end)
    this.#schedule(WRITE_DELAY_MS)
  }

  /** Writes what waits now. Never rejects: what could not be written waits for the next attempt. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.flush()
  }

  #schedule(delayMs: number): void {
    if (this.#closed || this.#timer) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.flush()
    }, delayMs).unref()
  }

  async #write(): Promise<void> {
    if (this.#takings.size + this.#seats.size + this.#ends.size === 0) return
    try {
      await this.#writeTakings()
      await this.#writeChanges()
      this.#trusted = true
    } catch (error) {
      this.#trusted = false
      const [takings, seats, ends] = [this.#takings.size, this.#seats.size, this.#ends.size]
      this.#log.warn({ err: error, takings, seats, ends }, 'seats could not be written; will retry')
      this.#schedule(RETRY_DELAY_MS)
      return
    }
    if (this.#takings.size + this.#seats.size + this.#ends.size > 0) this.#schedule(0)
  }

  async #writeTakings(): Promise<void> {
    const byConference = new Map<ConferenceId, VisitRecord[]>()
    for (const { conferenceId, visit } of [...this.#takings.values()].slice(0, ROWS_PER_WRITE)) {
      const visits = byConference.get(conferenceId)
      if (visits) visits.push(visit)
      else byConference.set(conferenceId, [visit])
    }
    for (const [conferenceId, visits] of byConference) {
      await this.#records.createVisits(conferenceId, visits)
      for (const { id } of visits) this.#takings.delete(id)
    }
  }

  async #writeChanges(): Promise<void> {
    const isWritten = ({ id }: { id: ParticipantId }) => !this.#takings.has(id)
    const seats = [...this.#seats.values()].filter(isWritten).slice(0, ROWS_PER_WRITE)
    const ends = [...this.#ends.values()].filter(isWritten).slice(0, ROWS_PER_WRITE)
    if (seats.length > 0) await this.#records.saveSeats(seats)
    if (ends.length > 0) await this.#records.closeVisits(ends)
    // What changed again while it was being written stays for the next time.
    for (const seat of seats) if (this.#seats.get(seat.id) === seat) this.#seats.delete(seat.id)
    for (const end of ends) if (this.#ends.get(end.id) === end) this.#ends.delete(end.id)
  }
}
