import { isAppError } from '#lib/errors.ts'
import type { Log } from '#server/log.ts'
import type { RecordingStorage } from '../RecordingStorage.ts'
import type { StoredRecording } from '../Recordings.ts'
import { FinishingFolder } from './FinishingFolder.ts'
import type { FinishingJob, FinishingRows } from './FinishingRows.ts'
import { finishRecording } from './finishRecording.ts'
import { Lease } from './Lease.ts'

export type FinisherDeps = {
  readonly rows: FinishingRows
  readonly storageOf: (recording: StoredRecording) => RecordingStorage
  readonly endRecorder: (recordingId: string) => Promise<void>
  /** Where files are made before they are stored. */
  readonly folder: string
  readonly holder: string
  readonly log: Log
  readonly now?: () => number
}

const IDLE_MS = 1_000
const RENEW_MS = 5_000

/** Finishes one recording after the other, for as long as it is not closed. Of several processes each takes its own. */
export class Finisher {
  readonly #deps: FinisherDeps
  readonly #folder: FinishingFolder
  readonly #now: () => number
  #swept = false
  #closed = false
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(deps: FinisherDeps) {
    this.#deps = deps
    this.#now = deps.now ?? (() => performance.now())
    this.#folder = new FinishingFolder(deps.folder)
    this.#next(IDLE_MS)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #next(delay: number): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      this.#running = this.#round().then((worked) => this.#next(worked ? 0 : IDLE_MS))
    }, delay)
    this.#timer.unref()
  }

  async #round(): Promise<boolean> {
    const { rows, holder, log } = this.#deps
    try {
      if (!this.#swept) await this.#folder.sweep(rows.held)
      this.#swept = true
      const lease = new Lease(this.#now(), this.#now)
      const job = await rows.claim(holder)
      if (!job) return false
      await this.#finish(job, lease)
      return true
    } catch (error) {
      log.warn({ err: error }, 'recordings cannot be finished at present')
      return false
    }
  }

  async #finish(job: FinishingJob, lease: Lease): Promise<void> {
    const { rows, holder, log, endRecorder, storageOf } = this.#deps
    const startedAt = performance.now()
    const renewing = setInterval(() => {
      const askedAt = this.#now()
      rows.renew(holder, job.id).then(
        (ours) => lease.renewed(askedAt, ours),
        () => undefined,
      )
    }, RENEW_MS)
    const check = () => {
      if (!lease.certain || this.#closed) throw new Lost()
    }
    try {
      const folder = await this.#folder.claim(job.id)
      const storage = storageOf(job)
      await finishRecording({ rows, storage, holder, endRecorder, folder, check, log }, job)
      await rows.release(holder, job.id, 'done')
      log.info(
        { recording: job.id, ms: Math.round(performance.now() - startedAt) },
        'a recording is finished',
      )
    } catch (error) {
      await this.#giveBack(job, error)
    } finally {
      clearInterval(renewing)
    }
  }

  async #giveBack(job: FinishingJob, error: unknown): Promise<void> {
    const { rows, holder, log } = this.#deps
    if (error instanceof Lost) {
      await rows.release(holder, job.id, 'given-up')
      return
    }
    // What is not there does not come by waiting.
    const away = isAppError(error) && error.code !== 'internal' && error.code !== 'not-found'
    if (away)
      log.warn({ err: error, recording: job.id }, 'a recording cannot be finished yet; it is tried again')
    else log.error({ err: error, recording: job.id }, 'a recording could not be finished')
    await rows.release(holder, job.id, away ? 'put-off' : 'failed')
  }
}

/** The server ends, or the recording may be somebody else's now. */
class Lost extends Error {}
