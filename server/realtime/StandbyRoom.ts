import type { Log } from '#server/log.ts'
import { isSameRoom, type Sfu, type SfuRoom } from '#server/sfu/Sfu.ts'

export type StandbyRoomDeps = {
  readonly sfu: Sfu
  readonly log: Log
  /** ms since the epoch */
  readonly now: () => number
  /** The room in use, or null. */
  readonly present: () => SfuRoom | null
  /** There is another standby than before, or none. */
  readonly onChange: () => void
}

/** After an order everybody is busy following it. */
const CALM_MS = 5_000
const RETRY_MS = 5_000

/**
 * A room of an epoch to come, open on another node than the present one's, so that everybody is there already when that
 * node dies. One node has no other: then there is none, and a small meeting goes back to a mesh.
 */
export class StandbyRoom {
  readonly #deps: StandbyRoomDeps
  #room: SfuRoom | null = null
  #opening = false
  /** The last epoch that was given to a standby: whatever became of its room, no other has that epoch. */
  #given = 0
  #notBefore: number

  constructor(deps: StandbyRoomDeps) {
    this.#deps = deps
    this.#notBefore = deps.now() + CALM_MS
  }

  /** Null until it is open. */
  get room(): SfuRoom | null {
    return this.#room
  }

  /** The first epoch after `epoch` that no room has had. */
  after(epoch: number): number {
    return Math.max(epoch, this.#given) + 1
  }

  /** Sees to it that there is one, or none. Asked again and again. */
  keep(wanted: boolean): void {
    const { sfu, log, now, present } = this.#deps
    const beside = present()
    if (!wanted || beside === null) {
      this.#drop()
      return
    }
    const { status } = sfu
    const possible = status.state === 'available' && status.nodes > 1
    if (this.#room !== null || this.#opening || now() < this.#notBefore || !possible) return
    this.#opening = true
    const room = { conferenceId: beside.conferenceId, epoch: this.after(beside.epoch) }
    this.#given = room.epoch
    sfu
      .openRoom(room, beside)
      .then(() => this.#opened(room, beside))
      .catch((error: unknown) => {
        log.info({ err: error, ...room }, 'there is no standby on a second node')
        this.#notBefore = now() + RETRY_MS
      })
      .finally(() => {
        this.#opening = false
      })
  }

  /** An order was given: the room, if there is one, is the caller's now. */
  take(): SfuRoom | null {
    const room = this.#room
    this.#room = null
    this.#notBefore = this.#deps.now() + CALM_MS
    return room
  }

  /** The conference is over; the next one counts from the beginning. @returns the room, which is the caller's to close */
  end(): SfuRoom | null {
    this.#given = 0
    return this.take()
  }

  /** @returns true when it was this one that is lost */
  lost(room: SfuRoom): boolean {
    if (this.#room === null || !isSameRoom(this.#room, room)) return false
    this.#room = null
    this.#notBefore = this.#deps.now() + RETRY_MS
    this.#deps.onChange()
    return true
  }

  /** Prevents: a room that an order has overtaken while it was being opened is left behind. */
  #opened(room: SfuRoom, beside: SfuRoom): void {
    const { sfu, present, onChange } = this.#deps
    const now = present()
    if (now === null || !isSameRoom(now, beside)) {
      void sfu.closeRoom(room)
      return
    }
    this.#room = room
    onChange()
  }

  #drop(): void {
    const room = this.#room
    if (room === null) return
    this.#room = null
    void this.#deps.sfu.closeRoom(room)
    this.#deps.onChange()
  }
}
