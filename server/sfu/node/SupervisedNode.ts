import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { isProcessAlive, processCommand } from '#server/boot/processes.ts'
import type { Log } from '#server/log.ts'
import { choosePorts, type PortWishes } from './freePorts.ts'
import type { NodePorts } from './nodeConfig.ts'

const MAX_LOG_BYTES = 10_000_000
const LOOK_EVERY_MS = 200
const FIRST_DELAY_MS = 250
const MAX_DELAY_MS = 30_000
/** A node that ran this long did not fail at its start: the next restart is quick again. */
const SETTLED_MS = 30_000
const FORCE_AFTER_MS = 100
const KILL_AFTER_MS = 5_000

const recordSchema = z.object({
  pid: z.number().int().positive(),
  /** Of binary and configuration: a process with another one is replaced. */
  fingerprint: z.string(),
  ports: z.object({ signalling: z.number(), metrics: z.number(), udp: z.number(), tcp: z.number() }),
})
type NodeRecord = z.infer<typeof recordSchema>

export type NodePlan = {
  readonly binary: string
  readonly configFor: (ports: NodePorts) => Readonly<Record<string, unknown>>
  readonly ports: PortWishes
}

type Events = {
  /** It was started, or found running; it answers in a moment. */
  readonly onRunning: (ports: NodePorts) => void
  /** It ended without having been told to. */
  readonly onEnded: () => void
}

/**
 * A livekit-server that belongs to a folder: started, restarted with growing pauses when it ends, ended with us. One that
 * outlived a killed Parley is taken over when it runs with the same configuration, so that its meetings go on, and
 * replaced otherwise: no orphan keeps the ports.
 */
export class SupervisedNode {
  readonly #folder: string
  readonly #plan: NodePlan
  readonly #events: Events
  readonly #log: Log
  readonly #stop = new AbortController()
  #pid: number | null = null
  #running: Promise<void> | null = null

  /** @param folder of ours alone (its lock is held), for configuration, log and the process's id */
  constructor(folder: string, plan: NodePlan, events: Events, log: Log) {
    this.#folder = folder
    this.#plan = plan
    this.#events = events
    this.#log = log
  }

  get pid(): number | null {
    return this.#pid
  }

  /** Begins; what happens is told by the events. */
  start(): void {
    this.#running ??= this.#keepRunning().catch((error: unknown) => {
      if (!this.#stop.signal.aborted)
        this.#log.error({ err: error }, 'the media server cannot be kept running')
    })
  }

  /** Orderly, and by force after that. */
  async stop(): Promise<void> {
    this.#stop.abort()
    if (this.#pid !== null) await endProcess(this.#pid)
    await this.#running
  }

  async #keepRunning(): Promise<void> {
    let delayMs = FIRST_DELAY_MS
    for (;;) {
      const startedAt = performance.now()
      await this.#runOnce()
      if (this.#stop.signal.aborted) return
      this.#events.onEnded()
      if (performance.now() - startedAt > SETTLED_MS) delayMs = FIRST_DELAY_MS
      this.#log.warn({ restartInMs: delayMs, said: this.#lastWords() }, 'the media server ended')
      await sleep(delayMs, undefined, { signal: this.#stop.signal })
      delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)
    }
  }

  /** Takes over what runs, or starts anew; resolves when it has ended. */
  async #runOnce(): Promise<void> {
    const former = this.#readRecord()
    if (former && this.#isOurs(former.pid)) {
      if (former.fingerprint === this.#fingerprint(former.ports)) {
        this.#log.info({ pid: former.pid }, 'found the media server still running and took it over')
        this.#pid = former.pid
        this.#events.onRunning(former.ports)
        return untilGone(former.pid, this.#stop.signal)
      }
      await endProcess(former.pid)
    }
    const ports = await choosePorts(this.#plan.ports, former?.ports ?? null)
    if (this.#stop.signal.aborted) return
    const child = this.#launch(ports)
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.once('error', () => resolve())
    })
    if (child.pid !== undefined) {
      this.#pid = child.pid
      this.#writeRecord({ pid: child.pid, fingerprint: this.#fingerprint(ports), ports })
      this.#events.onRunning(ports)
    }
    await ended
    this.#pid = null
  }

  #launch(ports: NodePorts): ChildProcess {
    // With the secret in it: for us alone, like its log.
    writeFileSync(this.#configFile, JSON.stringify(this.#plan.configFor(ports), null, 2), { mode: 0o600 })
    const tooLong = existsSync(this.#logFile) && statSync(this.#logFile).size > MAX_LOG_BYTES
    // A file, not a pipe: its writing must not fail when we are killed.
    const log = openSync(this.#logFile, tooLong ? 'w' : 'a', 0o600)
    const child = spawn(this.#plan.binary, ['--config', this.#configFile], {
      cwd: this.#folder,
      // Nothing of our environment, where secrets are, and where LIVEKIT_* would mean something to it.
      env: { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH ?? '', HOME: this.#folder },
      // Ctrl-C reaches us alone; we end it after who uses it.
      detached: true,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    return child
  }

  /** By its configuration file: after a restart of the machine the id may belong to anything. */
  #isOurs(pid: number): boolean {
    return isProcessAlive(pid) && (processCommand(pid)?.includes(this.#configFile) ?? false)
  }

  #fingerprint(ports: NodePorts): string {
    const { mtimeMs, size } = statSync(this.#plan.binary)
    const { binary, ports: wishes } = this.#plan
    const facts = JSON.stringify([binary, mtimeMs, size, wishes, this.#plan.configFor(ports)])
    return createHash('sha256').update(facts).digest('hex')
  }

  #lastWords(): string {
    try {
      return readFileSync(this.#logFile, 'utf8').trimEnd().split('\n').at(-1)?.slice(0, 500) ?? ''
    } catch {
      return ''
    }
  }

  #readRecord(): NodeRecord | null {
    try {
      return recordSchema.parse(JSON.parse(readFileSync(this.#recordFile, 'utf8')))
    } catch {
      return null
    }
  }

  #writeRecord(record: NodeRecord): void {
    const fresh = `${this.#recordFile}.new`
    writeFileSync(fresh, JSON.stringify(record), { mode: 0o600 })
    renameSync(fresh, this.#recordFile)
  }

  get #recordFile(): string {
    return path.join(this.#folder, 'livekit.json')
  }

  get #configFile(): string {
    return path.join(this.#folder, 'livekit.yaml')
  }

  get #logFile(): string {
    return path.join(this.#folder, 'livekit.log')
  }
}

/** The folder for a node of ours, for us alone. */
export function prepareNodeFolder(dataFolder: string): string {
  const folder = path.join(dataFolder, 'sfu')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

async function untilGone(pid: number, signal: AbortSignal): Promise<void> {
  while (isProcessAlive(pid) && !signal.aborted) await sleep(LOOK_EVERY_MS)
}

/** Its first SIGTERM waits for all participants to leave, the second does not. */
async function endProcess(pid: number): Promise<void> {
  const signals = [
    ['SIGTERM', FORCE_AFTER_MS],
    ['SIGTERM', KILL_AFTER_MS],
    ['SIGKILL', KILL_AFTER_MS],
  ] as const
  for (const [signal, patienceMs] of signals) {
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
