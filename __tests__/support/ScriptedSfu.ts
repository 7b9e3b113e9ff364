import { AppError } from '#lib/errors.ts'
import type { RoomLoss, Sfu, SfuIdentity, SfuRoom, SfuSource, SfuStatus } from '#server/sfu/Sfu.ts'

/** The SFU's port with a test in place of LiveKit: which rooms the server opens, whom it lets in and puts out. */
export class ScriptedSfu implements Sfu {
  status: SfuStatus = { state: 'available', nodes: 1 }
  readonly open = new Set<string>()
  readonly removed: string[] = []
  readonly muted: string[] = []
  /** What whom was last told that they may send, by epoch and participant. */
  readonly permitted = new Map<string, readonly SfuSource[]>()
  readonly disowned: string[] = []
  readonly #statusListeners = new Set<() => void>()
  readonly doubted: string[] = []
  /** Which rooms were wanted on another node than which. */
  readonly apart = new Map<string, string>()
  readonly #lostListeners = new Set<(room: SfuRoom, loss: RoomLoss) => void>()

  onStatus = (listener: () => void): (() => void) => {
    this.#statusListeners.add(listener)
    return () => this.#statusListeners.delete(listener)
  }

  onRoomLost = (listener: (room: SfuRoom, loss: RoomLoss) => void): (() => void) => {
    this.#lostListeners.add(listener)
    return () => this.#lostListeners.delete(listener)
  }

  async openRoom({ epoch }: SfuRoom, apartFrom?: SfuRoom): Promise<void> {
    if (this.status.state !== 'available') throw AppError.unavailable(new Error('no SFU'))
    this.open.add(String(epoch))
    if (apartFrom !== undefined) this.apart.set(String(epoch), String(apartFrom.epoch))
  }

  disown({ epoch }: SfuRoom): void {
    this.disowned.push(String(epoch))
  }

  async closeRoom({ epoch }: SfuRoom): Promise<void> {
    this.open.delete(String(epoch))
  }

  async access({ epoch }: SfuRoom, { participantId }: SfuIdentity, sources: readonly SfuSource[]) {
    this.permitted.set(`${epoch} ${participantId}`, sources)
    return { path: '/sfu', token: `${epoch} ${participantId}` }
  }

  async permit({ epoch }: SfuRoom, { participantId }: SfuIdentity, sources: readonly SfuSource[]) {
    this.permitted.set(`${epoch} ${participantId}`, sources)
  }

  async muteMicrophone(_room: SfuRoom, { participantId }: SfuIdentity): Promise<void> {
    this.muted.push(participantId)
  }

  async remove(_room: SfuRoom, { participantId }: SfuIdentity): Promise<void> {
    this.removed.push(participantId)
  }

  async close(): Promise<void> {}

  setStatus(status: SfuStatus): void {
    this.status = status
    for (const listener of this.#statusListeners) listener()
  }

  async doubt({ epoch }: SfuRoom): Promise<void> {
    this.doubted.push(String(epoch))
  }

  lose(room: SfuRoom, loss: RoomLoss = 'ended'): void {
    for (const listener of this.#lostListeners) listener(room, loss)
  }
}
