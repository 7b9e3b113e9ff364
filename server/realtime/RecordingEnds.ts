import type { RecordingId } from '#lib/protocol/ids.ts'
import type { RecordingStopReason } from '#lib/protocol/recordings.ts'
import type { Log } from '#server/log.ts'
import type { RecordingJobs } from '#server/recordings/RecordingJobs.ts'

const RETRY_MS = 2_000

/**
 * Recordings that are over for their rooms, until it is written: the room does not wait, and may be gone by then. A crash
 * before that leaves a recording of a conference that has ended, which whoever looks after recordings ends.
 */
export class RecordingEnds {
  readonly #jobs: Pick<RecordingJobs, 'stop'>
  readonly #log: Log
  readonly #open = new Map<RecordingId, RecordingStopReason>()
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(jobs: Pick<RecordingJobs, 'stop'>, log: Log) {
    this.#jobs = jobs
    this.#log = log
  }

  /** The first reason stays. */
  stop(id: RecordingId, reason: RecordingStopReason): void {
    if (!this.#open.has(id)) this.#open.set(id, reason)
    void this.#write()
  }

  /** What waits is tried once more. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#write()
  }

  async #write(): Promise<void> {
    for (const [recordingId, reason] of [...this.#open]) {
      try {
        await this.#jobs.stop(recordingId, reason)
        this.#open.delete(recordingId)
      } catch (error) {
        this.#log.warn({ err: error, recordingId }, 'the end of a recording could not be written; will retry')
      }
    }
    if (this.#open.size === 0 || this.#closed || this.#timer) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#write()
    }, RETRY_MS).unref()
  }
}
