import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Clock, TileSize } from '../ports.ts'
import type { PixelSize } from './SfuRoom.ts'

/** A page turned back, or a tile that moves, must not blink: a picture out of sight is received a little longer. */
const LINGER_MS = 500
/** Sharper than this nobody sees on a telephone, and each step up is four times the bits. */
const MAX_PIXEL_RATIO = 2
/** Who shares is a small tile in a strip beside the share. */
const STRIP: PixelSize = { width: 320, height: 180 }

export type PictureDemandOptions = {
  readonly clock: Clock
  readonly pixelRatio: () => number
  /** What is wanted of somebody has changed without anybody having been asked. */
  readonly onChange: () => void
}

/** What is of use of everybody's pictures, by what the screen shows. Until it is told for the first time: everything. */
export class PictureDemand {
  readonly #options: PictureDemandOptions
  readonly #leaving = new Map<ParticipantId, () => void>()
  #shown: Map<ParticipantId, TileSize> | null = null

  constructor(options: PictureDemandOptions) {
    this.#options = options
  }

  set(sizes: ReadonlyMap<ParticipantId, TileSize>): void {
    const shown = new Map(sizes)
    for (const id of sizes.keys()) this.#stay(id)
    for (const [id, size] of this.#shown ?? []) {
      if (sizes.has(id)) continue
      shown.set(id, size)
      if (!this.#leaving.has(id)) this.#leave(id)
    }
    this.#shown = shown
  }

  /** Undefined before anything was told; null when not on the screen. */
  of(id: ParticipantId, source: 'camera' | 'screen', shares: boolean): PixelSize | null | undefined {
    if (this.#shown === null) return undefined
    const tile = this.#shown.get(id)
    if (tile === undefined) return null
    if (source === 'camera' && shares) return STRIP
    const ratio = Math.min(this.#options.pixelRatio(), MAX_PIXEL_RATIO)
    return { width: Math.ceil(tile.width * ratio), height: Math.ceil(tile.height * ratio) }
  }

  close(): void {
    for (const id of [...this.#leaving.keys()]) this.#stay(id)
  }

  #leave(id: ParticipantId): void {
    const cancel = this.#options.clock.after(LINGER_MS, () => {
      this.#leaving.delete(id)
      this.#shown?.delete(id)
      this.#options.onChange()
    })
    this.#leaving.set(id, cancel)
  }

  #stay(id: ParticipantId): void {
    this.#leaving.get(id)?.()
    this.#leaving.delete(id)
  }
}
