import { setTimeout as sleep } from 'node:timers/promises'
import type { RecordingId } from '#lib/protocol/ids.ts'
import { RECORDER_HEARTBEAT_MS, RENEW_MS, type RecorderDesk } from '#server/recordings/RecorderDesk.ts'
import { RecordingTask, type TaskDeps } from './RecordingTask.ts'

export type RecorderDeps = TaskDeps & {
  readonly desk: RecorderDesk
  readonly id: string
  readonly hostname: string
  /** How many recordings at the same time. */
  readonly places: number
}

/** `opening`: a recording that is to go on does not yet, or no more. */
export type Work = 'none' | 'opening' | 'recording'

/** How often the job table is looked at: part of the time between the button and the first picture. */
const CLAIM_EVERY_MS = 400

/**
 * One recorder process: tells that it lives, takes as many jobs as it has places, keeps their leases, and hands them
 * over when it ends. A database that is away stops none of its recordings (REC-72).
 */
export class Recorder {
  readonly #deps: RecorderDeps
  readonly #tasks = new Map<RecordingId, RecordingTask>()
  readonly #stop = new AbortController()
  readonly #loops: Promise<void>[] = []

  constructor(deps: RecorderDeps) {
    this.#deps = deps
  }

  get recordings(): number {
    return this.#tasks.size
  }

  get work(): Work {
    const going = [...this.#tasks.values()].filter(({ goesOn }) => goesOn)
    if (going.length === 0) return 'none'
    return going.every(({ records }) => records) ? 'recording' : 'opening'
  }

  start(): void {
    this.#loops.push(
      this.#repeat(RECORDER_HEARTBEAT_MS, () => this.#heartbeat()),
      this.#repeat(RENEW_MS, () => this.#renew()),
      this.#repeat(CLAIM_EVERY_MS, () => this.#claim()),
    )
  }

  /** Hands its recordings over and says goodbye. */
  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#loops)
    const tasks = [...this.#tasks.values()]
    for (const task of tasks) task.handOver()
    await Promise.all(tasks.map((task) => task.ended))
    await this.#deps.desk.leave(this.#deps.id)
  }

  async #heartbeat(): Promise<void> {
    const { desk, id, hostname, places } = this.#deps
    await desk.heartbeat({ id, hostname, free: Math.max(0, places - this.#tasks.size) })
  }

  async #claim(): Promise<void> {
    const { desk, id, places } = this.#deps
    if (this.#tasks.size >= places) return
    const job = await desk.claim(id)
    // Its lease had run out while the job table was away: it is ours again, and its browser has been at it all the time.
    if (job === null || this.#tasks.get(job.id)?.goesOn) return
    const task = new RecordingTask(job, this.#deps)
    this.#tasks.set(job.id, task)
    void this.#finish(task)
    // That there is one place less should be known before the next job is given out.
    await this.#heartbeat()
  }

  async #renew(): Promise<void> {
    const { desk, id } = this.#deps
    const held = [...this.#tasks.keys()]
    if (held.length === 0) return
    const ours = new Set(await desk.renew(id, held))
    for (const job of held) if (!ours.has(job)) this.#tasks.get(job)?.lose()
  }

  async #finish(task: RecordingTask): Promise<void> {
    const { desk, id, log } = this.#deps
    const end = await task.ended
    try {
      if (end.type === 'handed-over') await desk.release(id, task.job.id, { failed: end.failed })
      if (end.type === 'given-up') await desk.giveUp(id, task.job.id, end.reason)
    } catch (error) {
      // Its lease runs out by itself.
      log.warn({ recording: task.job.id, err: error }, 'a job could not be given back')
    }
    // Lost, it may have come back to us meanwhile.
    if (this.#tasks.get(task.job.id) === task) this.#tasks.delete(task.job.id)
    log.info({ recording: task.job.id, end }, 'recording ended here')
  }

  async #repeat(everyMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stop
    let wellBefore = true
    while (!signal.aborted) {
      try {
        await work()
        wellBefore = true
      } catch (error) {
        if (wellBefore) this.#deps.log.warn({ err: error }, 'the job table cannot be asked; recordings go on')
        wellBefore = false
      }
      await sleep(everyMs, undefined, { signal }).catch(() => undefined)
    }
  }
}
