import type { MediaState } from '#lib/protocol/events.ts'
import type { ConferenceId, ParticipantId } from '#lib/protocol/ids.ts'

/** What a page needs after a reload to be the same person on the same tile. */
export type StoredSeat = {
  readonly conferenceId: ConferenceId
  readonly participantId: ParticipantId
  readonly media: Pick<MediaState, 'microphone' | 'camera'>
}

/** Keeps the seat of one meeting for as long as the tab lives (sessionStorage). */
export class SeatStore {
  readonly #storage: Storage | undefined
  readonly #key: string

  constructor(storage: Storage | undefined, code: string) {
    this.#storage = storage
    this.#key = `parley.seat.${code}`
  }

  read(): StoredSeat | null {
    try {
      const stored: unknown = JSON.parse(this.#storage?.getItem(this.#key) ?? 'null')
      return isSeat(stored) ? stored : null
    } catch {
      return null
    }
  }

  write(seat: StoredSeat): void {
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(seat))
    } catch {
      // Without storage a reload goes through the green room again.
    }
  }

  clear(): void {
    try {
      this.#storage?.removeItem(this.#key)
    } catch {
      // The same.
    }
  }
}

function isSeat(value: unknown): value is StoredSeat {
  if (typeof value !== 'object' || value === null) return false
  const { conferenceId, participantId, media } = value as Record<string, unknown>
  return (
    typeof conferenceId === 'string' &&
    typeof participantId === 'string' &&
    typeof media === 'object' &&
    media !== null
  )
}
