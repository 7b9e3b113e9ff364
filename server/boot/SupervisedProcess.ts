import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Log } from '#server/log.ts'
import { isProcessAlive, processCommand } from './processes.ts'

const MAX_LOG_BYTES = 10_000_000
const LOOK_EVERY_MS = 200
const FIRST_DELAY_MS = 250
const MAX_DELAY_MS = 30_000
/** One that ran so long did not fail at its start: the next restart is quick again. */
const SETTLED_MS = 30_000
const LAST_WORDS = 500

/** How it is started. */
export type Command = {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** A signal, and how long it is waited for before the next one, ms. */
export type EndingStep = readonly [signal: NodeJS.Signals, patienceMs: number]

/**
 * What is supervised. `Facts` are what the next run should have as this one had it (ports); they stand in the record
 * beside the process's number.
 */
export type ProcessPlan<Facts extends object> = {
  /** As the log calls it: "the recorder". */
  readonly what: string
  /** Of ours alone (its lock is held): `<name>.json` is its record there, `<name>.log` what it says. */
  readonly folder: string
  readonly name: string
  /** Part of its command line and of no other's: after a restart of the machine the number may be anything's. */
  readonly mark: string
  readonly facts: z.ZodType<Facts>
  /** @param former what the last run had, or null */
  readonly choose: (former: Facts | null) => Promise<Facts> | Facts
  /** Everything that makes it what it is: one that runs otherwise is replaced. */
  readonly identity: (facts: Facts) => unknown
  /** Called for each start. */
  readonly command: (facts: Facts) => Command
  /** One after the other, until it is gone. */
  readonly ending: readonly EndingStep[]
  /** It was started, or found running. */
  readonly onRunning?: (facts: Facts) => void
  /** It ended without having been told to. */
  readonly onEnded?: () => void
}

/**
 * A process that belongs to a folder: started, restarted with growing pauses when it ends, ended with us. One that
 * outlived a killed server is taken over when it runs with the same configuration, so that its work goes on, and replaced
 * otherwise: no orphan keeps its place.
 */
export class SupervisedProcess<Facts extends object> {
  readonly #plan: ProcessPlan<Facts>
  readonly #log: Log
  readonly #stop = new AbortController()
  #pid: number | null = null
  #running: Promise<void> | null = null

  constructor(plan: ProcessPlan<Facts>, log: Log) {
    this.#plan = plan
    this.#log = log
  }

  get pid(): number | null {
    return this.#pid
  }

  /** Begins; what happens is told by the plan's events. */
  start(): void {
    this.#running ??= this.#keepRunning().catch((error: unknown) => {
      if (!this.#stop.signal.aborted)
        this.#log.error({ err: error }, `${this.#plan.what} cannot be kept running`)
    })
  }

  /** Orderly, and by force after that. */
  async stop(): Promise<void> {
    this.#stop.abort()
    if (this.#pid !== null) await endProcess(this.#pid, this.#plan.ending)
    await this.#running
  }

  async #keepRunning(): Promise<void> {
    const { signal } = this.#stop
    let delayMs = FIRST_DELAY_MS
    while (!signal.aborted) {
      const startedAt = performance.now()
      await this.#runOnce()
      if (signal.aborted) return
      this.#plan.onEnded?.()
      if (performance.now() - startedAt > SETTLED_MS) delayMs = FIRST_DELAY_MS
      this.#log.warn(
        { restartInMs: delayMs, said: this.#lastWords(), log: this.#file('log') },
        `${this.#plan.what} ended`,
      )
      await sleep(delayMs, undefined, { signal })
      delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)
    }
  }

  /** Takes over what runs, or starts anew; resolves when it has ended. */
  async #runOnce(): Promise<void> {
    const { plan, signal } = { plan: this.#plan, signal: this.#stop.signal }
    const former = this.#readRecord()
    if (former !== null && this.#isOurs(former.pid)) {
      if (former.fingerprint === this.#fingerprint(former.facts)) {
        this.#log.info({ pid: former.pid }, `found ${plan.what} still running and took it over`)
        this.#pid = former.pid
        plan.onRunning?.(former.facts)
        while (isProcessAlive(former.pid) && !signal.aborted) await sleep(LOOK_EVERY_MS)
        return
      }
      await endProcess(former.pid, plan.ending)
    }
    const facts = await plan.choose(former?.facts ?? null)
    if (signal.aborted) return
    const child = this.#launch(plan.command(facts))
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.once('error', () => resolve())
    })
    if (child.pid !== undefined) {
      this.#pid = child.pid
      this.#writeRecord(child.pid, facts)
      plan.onRunning?.(facts)
    }
    await ended
    this.#pid = null
  }

  #launch({ file, args, cwd, env }: Command): ChildProcess {
    const said = this.#file('log')
    const tooLong = existsSync(said) && statSync(said).size > MAX_LOG_BYTES
    // A file, not a pipe: its writing must not fail when we are killed.
    const log = openSync(said, tooLong ? 'w' : 'a', 0o600)
    const child = spawn(file, args, {
      cwd,
      env: { NODE_ENV: process.env.NODE_ENV, ...env },
      // Ctrl-C reaches us alone; we end it in its turn.
      detached: true,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    return child
  }

  #isOurs(pid: number): boolean {
    return isProcessAlive(pid) && (processCommand(pid)?.includes(this.#plan.mark) ?? false)
  }

  #fingerprint(facts: Facts): string {
    return createHash('sha256')
      .update(JSON.stringify(this.#plan.identity(facts)))
      .digest('hex')
  }

  #lastWords(): string {
    try {
      const lines = readFileSync(this.#file('log'), 'utf8').trimEnd().split('\n')
      return lines.at(-1)?.slice(0, LAST_WORDS) ?? ''
    } catch {
      return ''
    }
  }

  #readRecord(): { pid: number; fingerprint: string; facts: Facts } | null {
    try {
      const record: unknown = JSON.parse(readFileSync(this.#file('json'), 'utf8'))
      return { ...started.parse(record), facts: this.#plan.facts.parse(record) }
    } catch {
      return null
    }
  }

  #writeRecord(pid: number, facts: Facts): void {
    const fresh = `${this.#file('json')}.new`
    writeFileSync(fresh, JSON.stringify({ pid, fingerprint: this.#fingerprint(facts), ...facts }), {
      mode: 0o600,
    })
    renameSync(fresh, this.#file('json'))
  }

  #file(kind: 'json' | 'log'): string {
    return path.join(this.#plan.folder, `${this.#plan.name}.${kind}`)
  }
}

const started = z.object({ pid: z.int().positive(), fingerprint: z.string() })

async function endProcess(pid: number, steps: readonly EndingStep[]): Promise<void> {
  for (const [signal, patienceMs] of steps) {
    if (!isProcessAlive(pid)) return
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    const deadline = performance.now() + patienceMs
    while (isProcessAlive(pid) && performance.now() < deadline) await sleep(10)
  }
}
