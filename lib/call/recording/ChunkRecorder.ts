import type { Clock } from '../ports.ts'
import type { RecorderLike } from './ports.ts'

/** What may be lost when everything dies at once: as long as a chunk lasts, and its way to the disk. */
const CHUNK_MS = 1000

/**
 * A container says what it is in its first four bytes (EBML, RFC 8794 §11.2.1), by which the server knows it. Chromium cuts
 * when a second is over, whatever it has written: when the first picture came later than that, the first cut is one byte long.
 */
const SHORTEST_BEGINNING = 4

/** A browser that has not begun by then waits for something that does not come: a sound that nothing makes. */
const START_MS = 15_000

export type ChunkRecorderDeps = {
  readonly recorder: RecorderLike
  readonly clock: Pick<Clock, 'after'>
  /** Server time in ms. */
  readonly now: () => number
  /** In order, numbered from 0. */
  readonly onChunk: (seq: number, bytes: Blob) => void
  /** Nothing more comes, with the number of chunks there were. Once. */
  readonly onEnd: (chunks: number, why: 'stopped' | 'tracks-ended' | 'failed') => void
}

/** One run of a MediaRecorder as numbered chunks of a second. It starts once and ends once; what goes on is another part. */
export class ChunkRecorder {
  readonly #deps: ChunkRecorderDeps
  #next = 0
  /** Of the beginning, what is too short to be told apart: it goes with the next one. */
  #held: Blob | null = null
  #failed = false
  #stopping = false
  readonly #ended: Promise<void>
  #settle: () => void = () => undefined

  constructor(deps: ChunkRecorderDeps) {
    this.#deps = deps
    this.#ended = new Promise((resolve) => {
      this.#settle = resolve
    })
    const { recorder } = deps
    recorder.addEventListener('dataavailable', this.#take)
    recorder.addEventListener('error', this.#fail)
    recorder.addEventListener('stop', this.#end)
  }

  /** @returns server time in ms of its first sample @throws when the browser cannot record these tracks, or does not begin */
  async start(): Promise<number> {
    const { recorder, clock, now } = this.#deps
    // Of the call, not of the event: Chromium counts from the call and tells of it tenths of a second later.
    const startedAt = now()
    const started = new Promise<number>((resolve, reject) => {
      const refuse = () => reject(new Error('The recorder did not start.'))
      const cancel = clock.after(START_MS, () => {
        refuse()
        this.#fail()
      })
      const settle = (act: () => void) => () => {
        cancel()
        act()
      }
      recorder.addEventListener(
        'start',
        settle(() => resolve(startedAt)),
        { once: true },
      )
      recorder.addEventListener('error', settle(refuse), { once: true })
    })
    recorder.start(CHUNK_MS)
    return started
  }

  /** Resolves when the last chunk has been handed out. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#deps.recorder.state !== 'inactive') this.#deps.recorder.stop()
    else this.#end()
    await this.#ended
  }

  #take = (event: BlobEvent): void => {
    if (event.data.size === 0) return
    const bytes = this.#held === null ? event.data : new Blob([this.#held, event.data])
    this.#held = this.#next === 0 && bytes.size < SHORTEST_BEGINNING ? bytes : null
    if (this.#held !== null) return
    this.#deps.onChunk(this.#next, bytes)
    this.#next += 1
  }

  #fail = (): void => {
    this.#failed = true
    // Browsers stop by themselves after an error (W3C MediaRecorder §2.3); one that does not is stopped here.
    if (this.#deps.recorder.state !== 'inactive') this.#deps.recorder.stop()
  }

  #over = false
  #end = (): void => {
    if (this.#over) return
    this.#over = true
    const { recorder, onEnd } = this.#deps
    recorder.removeEventListener('dataavailable', this.#take)
    recorder.removeEventListener('error', this.#fail)
    recorder.removeEventListener('stop', this.#end)
    onEnd(this.#next, this.#failed ? 'failed' : this.#stopping ? 'stopped' : 'tracks-ended')
    this.#settle()
  }
}
