import type { Log } from '#server/log.ts'
import type { PrismaRecordingRows } from '../PrismaRecordingRows.ts'
import type { RecordingStorage } from '../RecordingStorage.ts'
import type { MasterKeys } from '../storage/MasterKeys.ts'
import type { Deletion } from './Deletion.ts'

export type UpkeepDeps = {
  readonly rows: PrismaRecordingRows
  readonly deletion: Pick<Deletion, 'expire' | 'finish'>
  readonly masterKeys: MasterKeys | null
  readonly storage: Pick<RecordingStorage, 'sweep'>
  readonly log: Log
}

const ROUND_MS = 30_000
const FIRST_MS = 1_000
/** Rooms and recorders that could write nothing for a while say that they live within this, once the database is back. */
const BACK_WITHIN_MS = 120_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * What recordings need while nobody looks: those left alone are stopped, those whose days are over are deleted, what
 * deleting left behind is removed, and keys are wrapped by the present master key. Every round can be done twice.
 */
export class Upkeep {
  readonly #deps: UpkeepDeps
  #closed = false
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #rewrapped = false
  #awayAt = Number.NEGATIVE_INFINITY

  constructor(deps: UpkeepDeps) {
    this.#deps = deps
    this.#next(FIRST_MS)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #next(delay: number): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      this.#running = this.#round().then(() => this.#next(ROUND_MS))
    }, delay)
    this.#timer.unref()
  }

  async #round(): Promise<void> {
    const { rows, deletion, storage, log } = this.#deps
    try {
      // Prevents: with the database away for long all that goes on looks abandoned at its return.
      const settled = performance.now() - this.#awayAt > BACK_WITHIN_MS
      const stopped = settled ? await rows.stopAbandoned() : 0
      if (stopped > 0) log.warn({ stopped }, 'recordings that nobody went on with are finished')
      for (const id of await rows.expired()) {
        if (!(await deletion.expire(id))) continue
        log.info({ recording: id }, 'a recording was deleted: its days are over')
      }
      await deletion.finish()
      await storage.sweep?.()
      if (!this.#rewrapped) await this.#rewrap()
    } catch (error) {
      this.#awayAt = performance.now()
      log.warn({ err: error }, 'recordings cannot be looked after at present')
    }
  }

  async #rewrap(): Promise<void> {
    const { rows, masterKeys, log } = this.#deps
    if (masterKeys === null) return
    let anew = 0
    let unknown = 0
    for (let after = FIRST_ID; ; ) {
      const page = await rows.wrappedKeys(after)
      for (const { id, wrappedKey } of page) {
        const outcome = rewrapOne(masterKeys, id, wrappedKey)
        if (outcome === 'unknown') unknown += 1
        else if (outcome !== null) {
          await rows.replaceKey(id, outcome)
          anew += 1
        }
      }
      const last = page.at(-1)
      if (!last) break
      after = last.id
    }
    this.#rewrapped = true
    if (anew > 0) log.info({ keys: anew }, 'all keys of recordings are wrapped by the present RECORDINGS_KEY')
    if (unknown > 0)
      log.error({ recordings: unknown }, 'recordings whose key no configured RECORDINGS_KEY opens')
  }
}

function rewrapOne(masterKeys: MasterKeys, id: string, wrappedKey: Uint8Array) {
  try {
    return masterKeys.rewrap(id, wrappedKey)
  } catch {
    return 'unknown'
  }
}
