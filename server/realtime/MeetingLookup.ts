import type { ConferenceRecords, MeetingRecord } from './records.ts'

/** Meetings by code for handshakes: those who come at the same time share one query, a storm costs one. */
export class MeetingLookup {
  readonly #records: Pick<ConferenceRecords, 'meetingByCode'>
  readonly #asked = new Map<string, Promise<MeetingRecord | null>>()

  constructor(records: Pick<ConferenceRecords, 'meetingByCode'>) {
    this.#records = records
  }

  /** @throws AppError unavailable */
  find(code: string): Promise<MeetingRecord | null> {
    const asked = this.#asked.get(code)
    if (asked) return asked
    const answer = this.#records.meetingByCode(code).finally(() => this.#asked.delete(code))
    this.#asked.set(code, answer)
    return answer
  }
}
