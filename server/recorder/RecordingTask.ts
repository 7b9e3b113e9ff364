import { setTimeout as sleep } from 'node:timers/promises'
import type { RecorderReport } from '#lib/protocol/recorderPage.ts'
import type { RecordingStopReason } from '#lib/protocol/recordings.ts'
import type { Log } from '#server/log.ts'
import type { RecorderJob } from '#server/recordings/RecorderDesk.ts'
import { AnsweringServer } from './AnsweringServer.ts'
import { deliver } from './deliver.ts'
import { judge } from './judge.ts'

/** A browser at work, as a task knows it. */
export interface Camera {
  /** The browser's process, for the log. */
  readonly pid: number | null
  /** Why it can go on no more, or null. */
  readonly gone: string | null
  /** Resolves as soon as it is gone. */
  readonly whenGone: Promise<void>
  /** @throws when the page does not answer in time */
  report(): Promise<RecorderReport>
  /** Stops recording. What is left is sent; the report tells when the server has it. */
  flush(): Promise<void>
  /** @param delivered nothing of it is needed any more; else what it has kept on the device is brought later (REC-212) */
  close(delivered: boolean): Promise<void>
}

export type TaskDeps = {
  readonly openCamera: (job: RecorderJob) => Promise<Camera>
  /** Whether our server answers: a page that waits for it is not to blame. */
  readonly serverAnswers: () => Promise<boolean>
  readonly log: Log
}

/**
 * How a task ended. `handed-over`: the job goes on elsewhere, or here with another try. `failed`: nothing that was tried here
 * recorded it, though our server answered.
 */
export type TaskEnd =
  | { readonly type: 'over' }
  | { readonly type: 'handed-over'; readonly failed: boolean }
  | { readonly type: 'given-up'; readonly reason: RecordingStopReason }

const LOOK_EVERY_MS = 1_000
const FIRST_RETRY_MS = 250
const MAX_RETRY_MS = 8_000
/** A browser that worked so long did not fail at its start. */
const SETTLED_MS = 30_000
/** Browsers that fail one after the other: this machine cannot; another may. */
const MOST_FAILURES = 6

/** One recording: a browser on its page, and another one, with a further part, whenever that has ended (REC-70). */
export class RecordingTask {
  readonly job: RecorderJob
  readonly #deps: TaskDeps
  readonly #stop = new AbortController()
  readonly ended: Promise<TaskEnd>
  /** Dead browsers on their way out: the next one does not wait for them. */
  readonly #closing = new Set<Promise<void>>()
  /** The job is no longer ours: nothing is handed over. */
  #lost = false
  #records = false

  constructor(job: RecorderJob, deps: TaskDeps) {
    this.job = job
    this.#deps = deps
    this.ended = this.#run().finally(() => Promise.all(this.#closing))
  }

  /** Nobody has told it to end. */
  get goesOn(): boolean {
    return !this.#stop.signal.aborted
  }

  /** There is a browser that records, as far as is known. */
  get records(): boolean {
    return this.#records
  }

  /** The recording is over, or another recorder has it. What is recorded already is still brought to the server. */
  lose(): void {
    this.#lost = true
    this.#stop.abort()
  }

  /** This process ends: another recorder goes on. */
  handOver(): void {
    this.#stop.abort()
  }

  async #run(): Promise<TaskEnd> {
    let failures = 0
    let retryMs = FIRST_RETRY_MS
    while (!this.#stop.signal.aborted) {
      const startedAt = performance.now()
      const end = await this.#once()
      if (end !== null) return end
      if (performance.now() - startedAt > SETTLED_MS) {
        failures = 0
        retryMs = FIRST_RETRY_MS
      }
      failures += 1
      if (failures >= MOST_FAILURES) return { type: 'handed-over', failed: await this.#deps.serverAnswers() }
      // The first one is followed at once: what is not recorded meanwhile is lost.
      if (failures === 1) continue
      await this.#pause(retryMs)
      retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)
    }
    return this.#lost ? { type: 'over' } : { type: 'handed-over', failed: false }
  }

  /** @returns how the task ended, or null when another browser should go on */
  async #once(): Promise<TaskEnd | null> {
    const { openCamera, log } = this.#deps
    const { id, attempt } = this.job
    const askedAt = performance.now()
    let camera: Camera
    try {
      camera = await openCamera(this.job)
    } catch (error) {
      log.warn({ recording: id, err: error }, 'the recorder’s browser did not open')
      return null
    }
    const openedInMs = Math.round(performance.now() - askedAt)
    log.info({ recording: id, attempt, openedInMs, browser: camera.pid }, 'the page that records is open')
    try {
      const why = await this.#watch(camera)
      if (why === 'no-space') return { type: 'given-up', reason: 'disk-full' }
      if (why !== null) log.warn({ recording: id, why }, 'the recorder’s browser is replaced')
      return null
    } finally {
      this.#records = false
      this.#end(camera)
    }
  }

  /** Shortened by the order to end. */
  #pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined)
  }

  /** Beside whoever goes on: what it has kept may take as long to be sent as it was cut off. */
  #end(camera: Camera): void {
    const { log, serverAnswers } = this.#deps
    const inHaste = () => this.#stop.signal.aborted && !this.#lost
    const ended = deliver(camera, serverAnswers, inHaste)
      .then((delivered) => camera.close(delivered))
      .catch((error: unknown) => log.warn({ err: error }, 'a browser did not close'))
      .finally(() => this.#closing.delete(ended))
    this.#closing.add(ended)
  }

  /** @returns why it cannot go on, or null when it was told to stop */
  async #watch(camera: Camera): Promise<string | null> {
    const memory = { silent: 0, endedSince: null as number | null, openedAt: performance.now() }
    const server = new AnsweringServer(this.#deps.serverAnswers)
    for (;;) {
      await Promise.race([this.#pause(LOOK_EVERY_MS), camera.whenGone])
      if (this.#stop.signal.aborted) return null
      if (camera.gone !== null) return camera.gone
      const report = await camera.report().catch(() => null)
      memory.silent = report === null ? memory.silent + 1 : 0
      if (report?.status === 'recording') this.#records = true
      if (report?.status === 'ended') memory.endedSince ??= performance.now()
      const verdict = judge({
        report,
        silent: memory.silent,
        openForMs: performance.now() - memory.openedAt,
        endedForMs: memory.endedSince === null ? 0 : performance.now() - memory.endedSince,
      })
      if (verdict === null) server.forget()
      else if (verdict.ifServerAnswersFor === null) return verdict.why
      // Else it waits for our server, as it should: with another page all begins anew.
      else if (await server.hasAnsweredFor(verdict.ifServerAnswersFor)) return verdict.why
    }
  }
}
