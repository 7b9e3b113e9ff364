import { AppError } from '#lib/errors.ts'
import type { ErrorCode, WireError } from '#lib/protocol/errors.ts'
import type { SfuDoor } from '../EngineContext.ts'
import type { Clock, Source } from '../ports.ts'
import type { SfuClient, SfuRoom } from './SfuRoom.ts'

export type SfuConnectionOptions = {
  readonly door: SfuDoor
  readonly clock: Clock
  readonly loadClient: () => Promise<SfuClient>
  /** Where a pass's path leads, as a WebSocket's address. */
  readonly createUrl: (path: string) => string
  readonly onChange: () => void
  /** Out of the room, and trying to get in again. */
  readonly onLost: () => void
  readonly onReturned: () => void
  /** Out for good. */
  readonly onGone: () => void
}

/** Before each attempt to come in. Whoever starts wants to know soon; whoever was in has nowhere else to go. */
const START_DELAYS_MS = [0, 500]
const RETURN_DELAYS_MS = [0, 500, 1000, 2000, 4000, 8000, 8000, 8000]

/** At the door, these may be otherwise a moment later; any other refusal is meant. */
const PASSING: readonly ErrorCode[] = ['unavailable', 'timeout', 'rate-limited', 'internal']

/**
 * Our place in the SFU's room: one stay after another, each with a pass of its own because a token lives a minute. A stay
 * resumes by itself; one that is lost is followed by a new one, until the door refuses or attempts run out. What we send
 * is remembered and sent in each.
 */
export class SfuConnection {
  readonly #options: SfuConnectionOptions
  readonly #sending = new Map<Source, MediaStreamTrack>()
  readonly #failed = new Set<Source>()
  readonly #closing = new AbortController()
  /** The one we are in, or about to enter. */
  #room: SfuRoom | null = null
  #inside = false

  constructor(options: SfuConnectionOptions) {
    this.#options = options
  }

  /** Null while we are in none. */
  get room(): SfuRoom | null {
    return this.#inside ? this.#room : null
  }

  /** Resolves once we are in. @throws AppError; AbortError when closed meanwhile */
  open(): Promise<void> {
    return this.#enter(START_DELAYS_MS)
  }

  async send(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (track === null) this.#sending.delete(source)
    else this.#sending.set(source, track)
    if (this.#room === null) return
    const sent = this.#sendIn(this.#room, source)
    // On the way in it is sent with the rest.
    if (this.#inside) await sent
  }

  /** Publishes again what could not be published. */
  async retryFailed(): Promise<void> {
    const { room } = this
    if (room === null) return
    await Promise.all([...this.#failed].map((source) => this.#sendIn(room, source)))
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort()
    const room = this.#room
    this.#leave()
    await room?.close()
  }

  async #enter(delaysMs: readonly number[]): Promise<void> {
    let failure = unreachable(null)
    for (const ms of delaysMs) {
      if (ms > 0) await this.#pause(ms)
      try {
        return await this.#attempt()
      } catch (error) {
        this.#closing.signal.throwIfAborted()
        failure = error instanceof AppError ? error : unreachable(error)
        if (!PASSING.includes(failure.code)) break
      }
    }
    throw failure
  }

  async #attempt(): Promise<void> {
    const { door, loadClient, createUrl, onChange } = this.#options
    const [client, pass] = await this.#unlessClosed(Promise.all([loadClient(), door.enter()]))
    if (!pass.ok) throw refused(pass.error)
    const room = client.createRoom({
      onChange: () => room === this.room && onChange(),
      onLost: () => room === this.room && void this.#return(),
    })
    this.#room = room
    try {
      // Before connecting: what is published then is part of the first negotiations.
      const connected = room.connect(createUrl(pass.value.path), pass.value.token)
      for (const source of this.#sending.keys()) void this.#sendIn(room, source)
      await this.#unlessClosed(connected)
    } catch (error) {
      if (room === this.#room) this.#leave()
      void room.close()
      throw error
    }
    this.#inside = true
    onChange()
  }

  async #return(): Promise<void> {
    this.#leave()
    this.#options.onLost()
    try {
      await this.#enter(RETURN_DELAYS_MS)
      this.#options.onReturned()
    } catch {
      if (!this.#closing.signal.aborted) this.#options.onGone()
    }
  }

  #leave(): void {
    this.#room = null
    this.#inside = false
  }

  /** Never rejects: what cannot be published now is tried again. */
  async #sendIn(room: SfuRoom, source: Source): Promise<void> {
    this.#failed.delete(source)
    try {
      await room.send(source, this.#sending.get(source) ?? null)
    } catch {
      this.#failed.add(source)
    }
  }

  async #pause(ms: number): Promise<void> {
    let cancel = (): void => undefined
    const passed = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(ms, resolve)
    })
    await this.#unlessClosed(passed).finally(cancel)
  }

  #unlessClosed<Value>(promise: Promise<Value>): Promise<Value> {
    const { signal } = this.#closing
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason)
      if (signal.aborted) stop()
      signal.addEventListener('abort', stop, { once: true })
      promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
    })
  }
}

const unreachable = (cause: unknown): AppError =>
  new AppError('unavailable', 'The media server cannot be reached from here.', { cause })

const refused = ({ code, message, retryAfterMs }: WireError): AppError =>
  new AppError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
