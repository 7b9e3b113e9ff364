import type { RecordingStopReason } from '#lib/protocol/recordings.ts'
import { FINISHING_FACTOR, GB } from './limits.ts'
import type { RecordingStorage } from './RecordingStorage.ts'

/** Bytes of all recordings: in files, and in parts that are not yet files. */
export type Usage = { readonly files: number; readonly parts: number }

export type CapacityDeps = {
  readonly storage: Pick<RecordingStorage, 'space'>
  readonly usage: () => Promise<Usage>
  readonly env: {
    readonly RECORDINGS_QUOTA_GB?: number | undefined
    readonly RECORDINGS_MIN_FREE_GB: number
  }
  readonly now?: () => number
}

type Shortage = Extract<RecordingStopReason, 'disk-full' | 'quota'>

/** A second of eight 1080p recordings is some 5 MB: the minimum that stays free is larger than what passes unseen. */
const FRESH_MS = 2_000

/** Whether there is room to record: disk, and quota. What running recordings need to be finished counts as taken. */
export class Capacity {
  readonly #deps: CapacityDeps
  #known: { readonly at: number; readonly shortage: Promise<Shortage | null> } | null = null

  constructor(deps: CapacityDeps) {
    this.#deps = deps
  }

  /** @returns why not, or null. @throws AppError unavailable */
  shortage(): Promise<Shortage | null> {
    const now = (this.#deps.now ?? Date.now)()
    if (this.#known && now - this.#known.at < FRESH_MS) return this.#known.shortage
    const shortage = this.#look()
    this.#known = { at: now, shortage }
    shortage.catch(() => {
      if (this.#known?.shortage === shortage) this.#known = null
    })
    return shortage
  }

  async #look(): Promise<Shortage | null> {
    const { RECORDINGS_QUOTA_GB, RECORDINGS_MIN_FREE_GB } = this.#deps.env
    const [space, usage] = await Promise.all([this.#deps.storage.space(), this.#deps.usage()])
    if (RECORDINGS_QUOTA_GB !== undefined && usage.files + usage.parts > RECORDINGS_QUOTA_GB * GB)
      return 'quota'
    const needed = RECORDINGS_MIN_FREE_GB * GB + FINISHING_FACTOR * usage.parts
    return space !== null && space.free < needed ? 'disk-full' : null
  }
}
