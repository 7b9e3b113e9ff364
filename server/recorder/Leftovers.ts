import { setTimeout as sleep } from 'node:timers/promises'
import type { RecordingId } from '#lib/protocol/ids.ts'
import { SerialQueue } from '#lib/queue.ts'
import type { Log } from '#server/log.ts'
import type { OpenRecording } from '#server/recordings/RecorderDesk.ts'
import { LONGEST_MS } from './deliver.ts'
import { keepsChunks, readRecording, removeFolder } from './leftFolder.ts'
import type { Work } from './Recorder.ts'

export type LeftoversDeps = {
  /** Null when the server takes nothing more of it. @throws when nobody can say */
  readonly find: (id: RecordingId) => Promise<OpenRecording | null>
  /** Has it sent by a browser in that folder. @throws when it is not known to be sent */
  readonly send: (folder: string, recording: OpenRecording, signal: AbortSignal) => Promise<void>
  readonly serverAnswers: () => Promise<boolean>
  /** What this recorder is at. */
  readonly work: () => Work
  /** Processors that had nothing to do since this was last asked. */
  readonly idle: () => number
  readonly log: Log
  /** A test's are shorter. */
  readonly times?: Times
}

type Times = { readonly lookEveryMs: number; readonly patienceMs: number; readonly longestMs: number }

const TIMES: Times = {
  lookEveryMs: 1_000,
  /** On a machine that is busy throughout: half a second of pictures is less than what may be lost with the next stop. */
  patienceMs: 20_000,
  longestMs: LONGEST_MS,
}
/** What a browser takes for the second in which it starts, as BrowserStock has it. */
const STARTS_WITH = 1
const MOST_TRIES = 5

/**
 * What browsers that died have left in their folders, because the server was away: brought to it one folder after the
 * other, beside what is recorded, once that goes on (REC-212).
 */
export class Leftovers {
  readonly #deps: LeftoversDeps
  readonly #times: Times
  readonly #queue = new SerialQueue()
  readonly #stop = new AbortController()

  constructor(deps: LeftoversDeps) {
    this.#deps = deps
    this.#times = deps.times ?? TIMES
  }

  /** Takes over the folder of a browser that has ended, and removes it in the end. */
  take(folder: string): void {
    if (!keepsChunks(folder)) {
      removeFolder(folder)
      return
    }
    const until = performance.now() + this.#times.longestMs
    this.#queue
      .run(() => this.#bring(folder, until))
      .catch((error: unknown) => this.#deps.log.warn({ err: error }, 'a browser’s folder was not removed'))
  }

  /** What is not brought by now is left for this recorder's next start (REC-213). */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#queue.run(() => undefined)
  }

  async #bring(folder: string, until: number): Promise<void> {
    const { send, log } = this.#deps
    const id = readRecording(folder)
    for (let tries = 0; id !== null && tries < MOST_TRIES; tries += 1) {
      const recording = await this.#turn(id, until)
      if (recording === null) break
      try {
        await send(
          folder,
          recording,
          AbortSignal.any([this.#stop.signal, AbortSignal.timeout(this.#times.longestMs)]),
        )
        log.info({ recording: id }, 'what a browser had left is sent')
        break
      } catch (error) {
        if (!this.#stop.signal.aborted)
          log.warn({ recording: id, err: error }, 'what a browser has left was not sent')
      }
    }
    if (!this.#stop.signal.aborted) removeFolder(folder)
  }

  /** @returns the recording when it is time to send; null when it will not be any more, or not here */
  async #turn(id: RecordingId, until: number): Promise<OpenRecording | null> {
    const { serverAnswers, find } = this.#deps
    const { signal } = this.#stop
    const gate = new Gate(this.#deps, this.#times.patienceMs)
    while (performance.now() < until) {
      await sleep(this.#times.lookEveryMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return null
      if (!(await serverAnswers()) || !gate.isOpen()) continue
      const recording = await find(id).catch(() => 'unknown' as const)
      if (recording !== 'unknown') return recording
    }
    return null
  }
}

/** Whether a further browser takes nothing from what is being recorded, or what it takes has to be. */
class Gate {
  readonly #deps: Pick<LeftoversDeps, 'work' | 'idle'>
  readonly #patienceMs: number
  #recordsSince: number | null = null

  constructor(deps: Pick<LeftoversDeps, 'work' | 'idle'>, patienceMs: number) {
    this.#deps = deps
    this.#patienceMs = patienceMs
    deps.idle()
  }

  isOpen(): boolean {
    const { work, idle } = this.#deps
    switch (work()) {
      case 'none':
        return true
      case 'opening':
        this.#recordsSince = null
        return false
      case 'recording':
        this.#recordsSince ??= performance.now()
        return idle() >= STARTS_WITH || performance.now() - this.#recordsSince > this.#patienceMs
    }
  }
}
