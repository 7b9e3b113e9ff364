import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { isProcessAlive, processCommand } from '#server/boot/processes.ts'
import type { Log } from '#server/log.ts'

const MAX_LOG_BYTES = 10_000_000
const LOOK_EVERY_MS = 200
const FIRST_DELAY_MS = 250
const MAX_DELAY_MS = 30_000
/** One that ran so long did not fail at its start. */
const SETTLED_MS = 30_000
/** Its last chunks have to reach the server. */
const CLOSE_PATIENCE_MS = 12_000

const recordSchema = z.object({ pid: z.int().positive(), fingerprint: z.string() })

export type RecorderPlan = {
  readonly root: string
  readonly folder: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * The recorder of `npm start`: a process of its own, restarted with growing pauses when it ends. It outlives a killed
 * server, so that its recordings go on; the next start takes it over when its configuration is the same, and replaces it
 * otherwise (REC-73).
 */
export class SupervisedRecorder {
  readonly #plan: RecorderPlan
  readonly #log: Log
  readonly #stop = new AbortController()
  #pid: number | null = null
  #running: Promise<void> | null = null

  constructor(plan: RecorderPlan, log: Log) {
    this.#plan = plan
    this.#log = log
  }

  get pid(): number | null {
    return this.#pid
  }

  start(): void {
    this.#running ??= this.#keepRunning().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#log.error({ err: error }, 'the recorder cannot be kept running')
    })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    if (this.#pid !== null) await endProcess(this.#pid)
    await this.#running
  }

  async #keepRunning(): Promise<void> {
    let delayMs = FIRST_DELAY_MS
    while (!this.#stop.signal.aborted) {
      const startedAt = performance.now()
      await this.#runOnce()
      if (this.#stop.signal.aborted) return
      if (performance.now() - startedAt > SETTLED_MS) delayMs = FIRST_DELAY_MS
      this.#log.warn({ restartInMs: delayMs, log: this.#logFile }, 'the recorder ended')
      await sleep(delayMs, undefined, { signal: this.#stop.signal })
      delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)
    }
  }

  async #runOnce(): Promise<void> {
    const former = this.#readRecord()
    if (former !== null && isRecorder(former.pid)) {
      if (former.fingerprint === this.#fingerprint()) {
        this.#log.info({ pid: former.pid }, 'found the recorder still running and took it over')
        this.#pid = former.pid
        while (isProcessAlive(former.pid) && !this.#stop.signal.aborted) await sleep(LOOK_EVERY_MS)
        return
      }
      await endProcess(former.pid)
    }
    if (this.#stop.signal.aborted) return
    const child = this.#launch()
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.once('error', () => resolve())
    })
    this.#pid = child.pid ?? null
    if (child.pid !== undefined) this.#writeRecord(child.pid)
    await ended
    this.#pid = null
  }

  #launch(): ChildProcess {
    const tooLong = existsSync(this.#logFile) && statSync(this.#logFile).size > MAX_LOG_BYTES
    // A file, not a pipe: its writing must not fail when we are killed.
    const log = openSync(this.#logFile, tooLong ? 'w' : 'a', 0o600)
    const child = spawn(process.execPath, ['--import', 'tsx', ENTRY, ...this.#plan.args], {
      cwd: this.#plan.root,
      env: { ...process.env, ...this.#plan.env },
      // Ctrl-C reaches us alone; we end it in its turn.
      detached: true,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    return child
  }

  #fingerprint(): string {
    const { args, env } = this.#plan
    return createHash('sha256')
      .update(JSON.stringify([process.version, args, env]))
      .digest('hex')
  }

  #readRecord(): z.infer<typeof recordSchema> | null {
    try {
      return recordSchema.parse(JSON.parse(readFileSync(this.#recordFile, 'utf8')))
    } catch {
      return null
    }
  }

  #writeRecord(pid: number): void {
    const fresh = `${this.#recordFile}.new`
    writeFileSync(fresh, JSON.stringify({ pid, fingerprint: this.#fingerprint() }), { mode: 0o600 })
    renameSync(fresh, this.#recordFile)
  }

  get #recordFile(): string {
    return path.join(this.#plan.folder, 'recorder.json')
  }

  get #logFile(): string {
    return path.join(this.#plan.folder, 'recorder.log')
  }
}

const ENTRY = 'server/recorder/main.ts'

/** After a restart of the machine the number may be anything's. */
const isRecorder = (pid: number): boolean =>
  isProcessAlive(pid) && (processCommand(pid)?.includes(ENTRY) ?? false)

async function endProcess(pid: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isProcessAlive(pid)) return
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    const deadline = performance.now() + CLOSE_PATIENCE_MS
    while (isProcessAlive(pid) && performance.now() < deadline) await sleep(20)
  }
}
