import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Log } from '#server/log.ts'
import type { ConferenceRecords, SeatState, VisitEnd } from './records.ts'

const WRITE_DELAY_MS = 200
const RETRY_DELAY_MS = 2_000
const ROWS_PER_WRITE = 500

/**
 * Writes down what changes in seats, a moment later and for all rooms together. The room does not wait for it: a hand
 * is up when it is up. While the database is away nothing is lost, it is written when it is back.
 */
export class SeatLedger {
  #seats = new Map<ParticipantId, SeatState>()
  #ends = new Map<ParticipantId, VisitEnd>()
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()
  #closed = false
  readonly #records: Pick<ConferenceRecords, 'saveSeats' | 'closeVisits'>
  readonly #log: Log

  constructor(records: Pick<ConferenceRecords, 'saveSeats' | 'closeVisits'>, log: Log) {
    this.#records = records
    this.#log = log
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
    const seats = [...this.#seats.values()].slice(0, ROWS_PER_WRITE)
    const ends = [...this.#ends.values()].slice(0, ROWS_PER_WRITE)
    if (seats.length === 0 && ends.length === 0) return
    try {
      if (seats.length > 0) await this.#records.saveSeats(seats)
      if (ends.length > 0) await this.#records.closeVisits(ends)
    } catch (error) {
      this.#log.warn(
        { err: error, seats: seats.length, ends: ends.length },
        'seats could not be written; will retry',
      )
      this.#schedule(RETRY_DELAY_MS)
      return
    }
    // What changed again while it was being written stays for the next time.
    for (const seat of seats) if (this.#seats.get(seat.id) === seat) this.#seats.delete(seat.id)
    for (const end of ends) if (this.#ends.get(end.id) === end) this.#ends.delete(end.id)
    if (this.#seats.size > 0 || this.#ends.size > 0) this.#schedule(0)
  }
}
