import type { RecordingId } from '#lib/protocol/ids.ts'
import type { NewPart } from '#lib/protocol/recordings.ts'
import { type ReadableStore, Store } from '#lib/store.ts'
import type { Clock } from '../ports.ts'
import type { ChunkStore, PartSink, RecordingApi, Sent } from './ports.ts'
import type { AfterChunk } from './uploadRest.ts'

export type UploadState = {
  /** Chunks that the server has. */
  readonly acknowledged: number
  /** Chunks that wait for it: about as many seconds. */
  readonly backlog: number
  readonly backlogBytes: number
  /** Our own clock's ms of the last acknowledgement, or null. */
  readonly acknowledgedAt: number | null
  /**
   * `complete`: the server has all of it. `over`: it takes nothing more, as it said. `no-space`: it has none. `refused`:
   * we may not, or the part cannot be gone on with; a new part may. `kept`: all of it is here, where it stays.
   */
  readonly outcome: 'going-on' | 'complete' | 'over' | 'no-space' | 'refused' | 'kept'
}

/**
 * Whether what is kept of it is needed no more. Without space there, or refused (nobody is signed in just now), another
 * day is another chance.
 */
export const isSettled = (outcome: UploadState['outcome']): boolean =>
  outcome === 'complete' || outcome === 'over'

export type UploadDeps = {
  readonly api: RecordingApi
  readonly store: ChunkStore
  readonly clock: Clock
  /** 0…1 */
  readonly random: () => number
  /** How long in ms to leave the network to what is more urgent; left out by whoever has nothing more urgent. */
  readonly rest?: (after: AfterChunk) => number
}

const FIRST_RETRY_MS = 250
const MAX_RETRY_MS = 5_000

/**
 * Brings one part to the server: opens it, sends its chunks in order, one at a time, and closes it. What is not yet
 * acknowledged stays in the store; nothing is sent twice that the server has, because after a loss it is asked where to
 * go on (REC-62, REC-63).
 */
export class ChunkUploader implements PartSink {
  readonly #deps: UploadDeps
  readonly #recordingId: RecordingId
  readonly #part: NewPart
  readonly #state = new Store<UploadState>({
    acknowledged: 0,
    backlog: 0,
    backlogBytes: 0,
    acknowledgedAt: null,
    outcome: 'going-on',
  })
  #next = 0
  #available: number
  #chunks: number | null
  #wake: () => void = () => undefined
  #stopped = false
  #retryMs = FIRST_RETRY_MS
  #waitingBytes: number
  /** Nothing more is recorded: the sooner it is all there, the better. */
  #hurry = false

  /**
   * @param known of a part that a former page left: what is kept of it, and how many chunks it has. It is in no hurry
   */
  constructor(
    deps: UploadDeps,
    recordingId: RecordingId,
    part: NewPart,
    known: { readonly available: number; readonly chunks: number | null; readonly bytes: number } = {
      available: 0,
      chunks: null,
      bytes: 0,
    },
  ) {
    this.#deps = deps
    this.#recordingId = recordingId
    this.#part = part
    this.#available = known.available
    this.#chunks = known.chunks
    this.#waitingBytes = known.bytes
  }

  get state(): ReadableStore<UploadState> {
    return this.#state
  }

  /** The chunk is in the store. */
  offer(seq: number, bytes: number): void {
    this.#waitingBytes += bytes
    this.#available = Math.max(this.#available, seq + 1)
    this.#tell({})
    this.#wake()
  }

  /** Nothing more comes. Fewer in the store than there were: the device had no room for the rest. */
  finish(chunks: number): void {
    this.#chunks = Math.min(chunks, this.#available)
    this.#hurry = true
    this.#wake()
  }

  /** Ends without finishing; what is kept is for another day. */
  stop(): void {
    this.#stopped = true
    this.#wake()
  }

  /** Resolves with the outcome; `going-on` when it was stopped. */
  async run(): Promise<UploadState['outcome']> {
    this.#tell({})
    try {
      await this.#bring()
    } catch {
      // The device's file system fails, and what is kept cannot be read: another part can be begun, this one is for another day.
      this.#over('refused')
    }
    return this.#state.get().outcome
  }

  async #bring(): Promise<void> {
    const { api } = this.#deps
    if ((await this.#insist(() => api.openPart(this.#recordingId, this.#part))) && (await this.#resume())) {
      while (await this.#step());
    }
  }

  /** One chunk, or the closing. @returns false when there is nothing more to do */
  async #step(): Promise<boolean> {
    if (this.#stopped || this.#state.get().outcome !== 'going-on') return false
    if (this.#chunks !== null && this.#next >= this.#chunks) return this.#close(this.#chunks)
    if (this.#next >= this.#available) {
      await this.#news()
      return true
    }
    const startedAt = this.#deps.clock.now()
    if (!(await this.#sendNext())) return false
    await this.#rest(this.#deps.clock.now() - startedAt)
    return true
  }

  async #sendNext(): Promise<boolean> {
    const { api, store, clock } = this.#deps
    const { id } = this.#part
    const seq = this.#next
    const bytes = await store.read(id, seq)
    // A hole in what was kept: the rest cannot be appended to what the server has. While more comes it is for another part.
    if (bytes === null) return this.#close(seq, this.#chunks === null ? 'refused' : 'complete')
    const sent = await this.#try(() => api.putChunk(this.#recordingId, id, seq, bytes))
    if (sent === null) return false
    if (sent === 'out-of-order') return this.#resume()
    await this.#acknowledge(seq)
    this.#waitingBytes -= bytes.size
    this.#next = seq + 1
    this.#tell({ acknowledgedAt: clock.now() })
    return true
  }

  /** Where the server is. What it has need not be sent; what it lacks and we no longer keep ends the part. */
  async #resume(): Promise<boolean> {
    const { api, store } = this.#deps
    const answer = await this.#insist(() => api.partState(this.#recordingId, this.#part.id))
    if (answer === null) return false
    const { next, closed } = answer.value
    if (closed) return this.#over('over')
    const stuck = next === this.#next && this.#stuckAt === next
    this.#stuckAt = next
    // Twice out of order at the same place: another chunk has that number.
    if (stuck && this.#next < this.#available) return this.#over('refused')
    for (let seq = this.#next; seq < next; seq += 1) {
      const bytes = await store.read(this.#part.id, seq).catch(() => null)
      this.#waitingBytes -= bytes?.size ?? 0
      await this.#acknowledge(seq)
    }
    this.#next = next
    this.#available = Math.max(this.#available, next)
    // Of a former page's part the server may have more than was kept: what it has was kept no longer.
    if (this.#chunks !== null) this.#chunks = Math.max(this.#chunks, next)
    this.#tell({})
    return true
  }
  #stuckAt = -1

  async #close(chunks: number, outcome: 'complete' | 'refused' = 'complete'): Promise<boolean> {
    const closed = await this.#insist(() =>
      this.#deps.api.closePart(this.#recordingId, this.#part.id, chunks),
    )
    return closed === null ? false : this.#over(outcome)
  }

  /** The server has it. What cannot be removed now goes with its part. */
  async #acknowledge(seq: number): Promise<void> {
    await this.#deps.store.acknowledge(this.#part.id, seq).catch(() => undefined)
  }

  /** Until it is done. @returns null when that will not be */
  async #insist<Value>(send: () => Promise<Sent<Value>>): Promise<{ value: Value } | null> {
    const sent = await this.#try(send)
    if (sent === 'out-of-order') {
      this.#over('refused')
      return null
    }
    return sent
  }

  async #try<Value>(send: () => Promise<Sent<Value>>): Promise<{ value: Value } | 'out-of-order' | null> {
    for (;;) {
      if (this.#stopped) return null
      const sent = await send()
      switch (sent.type) {
        case 'done':
          this.#retryMs = FIRST_RETRY_MS
          return { value: sent.value }
        case 'out-of-order':
          return 'out-of-order'
        case 'later':
          await this.#pause(sent.afterMs)
          continue
        default:
          this.#over(sent.type)
          return null
      }
    }
  }

  /** Longer after each failure, and never all recorders at the same moment. */
  async #pause(afterMs: number | null): Promise<void> {
    const { clock, random } = this.#deps
    const waitMs = afterMs ?? this.#retryMs * (0.5 + random())
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS)
    await new Promise<void>((resolve) => {
      const cancel = clock.after(waitMs, resolve)
      this.#wakeOnStop(() => {
        cancel()
        resolve()
      })
    })
  }

  /** Ends at once when nothing more is recorded. */
  async #rest(tookMs: number): Promise<void> {
    const { clock, rest } = this.#deps
    const ms = rest?.({ tookMs, backlog: this.#available - this.#next }) ?? 0
    if (ms <= 0 || this.#hurry || this.#stopped) return
    await new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve)
      this.#wake = () => {
        if (!this.#hurry && !this.#stopped) return
        cancel()
        resolve()
      }
    })
  }

  /** Only `stop` shortens a pause: another chunk does not make the server come back. */
  #wakeOnStop(act: () => void): void {
    this.#wake = () => {
      if (this.#stopped) act()
    }
  }

  async #news(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }

  #over(outcome: UploadState['outcome']): false {
    this.#tell({ outcome })
    return false
  }

  #tell(change: Partial<UploadState>): void {
    const backlog = Math.max(0, this.#available - this.#next)
    const backlogBytes = backlog === 0 ? 0 : Math.max(0, this.#waitingBytes)
    this.#state.update((state) => ({
      ...state,
      acknowledged: this.#next,
      backlog,
      backlogBytes,
      ...change,
    }))
  }
}
