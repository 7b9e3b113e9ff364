import { AppError } from '#lib/errors.ts'
import type { RecordingStopReason } from '#lib/protocol/recordings.ts'
import { FINISHING_FACTOR, GB } from './limits.ts'
import type { RecordingStorage, Space } from './RecordingStorage.ts'

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
type Known = { readonly space: Space; readonly usage: Usage }

/** A second of eight 1080p recordings is some 5 MB: the minimum that stays free is larger than what passes unseen. */
const FRESH_MS = 2_000

/** Whether there is room: disk, and quota. What running recordings need to be finished counts as taken. */
export class Capacity {
  readonly #deps: CapacityDeps
  #known: { readonly at: number; readonly looked: Promise<Known> } | null = null

  constructor(deps: CapacityDeps) {
    this.#deps = deps
  }

  /** @param adding bytes that are to come. @returns why there is no room for them, or null. @throws AppError unavailable */
  async shortage(adding = 0): Promise<Shortage | null> {
    const { RECORDINGS_QUOTA_GB, RECORDINGS_MIN_FREE_GB } = this.#deps.env
    const { space, usage } = await this.#look()
    const all = usage.files + usage.parts + adding
    if (RECORDINGS_QUOTA_GB !== undefined && all > RECORDINGS_QUOTA_GB * GB) return 'quota'
    const needed = RECORDINGS_MIN_FREE_GB * GB + FINISHING_FACTOR * usage.parts + adding
    return space !== null && space.free < needed ? 'disk-full' : null
  }

  /** @throws AppError full, unavailable */
  async require(adding = 0): Promise<void> {
    const shortage = await this.shortage(adding)
    if (shortage !== null) throw noRoom(shortage)
  }

  #look(): Promise<Known> {
    const now = (this.#deps.now ?? Date.now)()
    if (this.#known && now - this.#known.at < FRESH_MS) return this.#known.looked
    const looked = this.#ask()
    this.#known = { at: now, looked }
    looked.catch(() => {
      if (this.#known?.looked === looked) this.#known = null
    })
    return looked
  }

  async #ask(): Promise<Known> {
    const [space, usage] = await Promise.all([this.#deps.storage.space(), this.#deps.usage()])
    return { space, usage }
  }
}

function noRoom(shortage: Shortage): AppError {
  const what =
    shortage === 'quota' ? 'Recordings have used up their space' : 'The disk for recordings is full'
  return new AppError('full', `${what} on this server. Delete some, or ask its administrator.`)
}
