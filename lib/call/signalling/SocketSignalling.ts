import { io, type Socket } from 'socket.io-client'
import { ERROR_CODES, type WireError } from '#lib/protocol/errors.ts'
import type {
  Acknowledgement,
  ClientAnswer,
  ClientEventName,
  ClientPayload,
  ServerEventName,
  ServerPayload,
} from '#lib/protocol/events.ts'
import { ROUTING_PARAMETER, routingKeyOf } from '#lib/protocol/routingKey.ts'
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts'
import { fail, ok, type Result } from '#lib/result.ts'
import { Store } from '#lib/store.ts'
import type { Clock, Signalling, SignallingState } from '../ports.ts'
import { retryDelay } from './retryDelay.ts'

export type SocketSignallingOptions = {
  /** Origin of our server. */
  readonly url: string
  readonly meeting: string
  readonly clock: Clock
  /** In [0, 1), for jitter. */
  readonly random: () => number
  /**
   * True as soon as the server answers anything. Asked a little more than once a second during the first minute of a
   * loss, so that a restarted server has its people back at once while full attempts keep to their schedule.
   */
  readonly probe?: (() => Promise<boolean>) | undefined
  readonly requestTimeoutMs?: number
  /** Only for tests outside a browser, where a socket has no cookies of its own. */
  readonly extraHeaders?: Record<string, string>
}

type UntypedSocket = Record<'on' | 'off', (name: string, listener: (payload: unknown) => void) => unknown>

const REQUEST_TIMEOUT_MS = 8000
const CONNECT_TIMEOUT_MS = 8000
const PROBE_INTERVAL_MS = 600
const PROBE_FOR_MS = 60_000

/** Refusals that another attempt will not change. Everything else is tried again. */
const FINAL_CODES = new Set<string>([
  'unauthenticated',
  'forbidden',
  'not-found',
  'protocol-mismatch',
  'invalid-request',
])

/** Socket.IO over WebSocket only. The socket's own buffering and reconnection are off: both are decided here. */
export class SocketSignalling implements Signalling {
  readonly #options: SocketSignallingOptions
  readonly #socket: Socket
  readonly #state = new Store<SignallingState>({ status: 'closed' })
  readonly state = this.#state
  #attempt = 0
  #cancelRetry: (() => void) | null = null
  #cancelProbe: (() => void) | null = null
  #lostAt = 0

  constructor(options: SocketSignallingOptions) {
    this.#options = options
    this.#socket = io(options.url, {
      path: '/socket.io/',
      transports: ['websocket'],
      autoConnect: false,
      reconnection: false,
      timeout: CONNECT_TIMEOUT_MS,
      // Seen by whoever passes the connection on to the process that has this meeting.
      query: { [ROUTING_PARAMETER]: routingKeyOf(options.meeting) },
      auth: { protocol: PROTOCOL_VERSION, meeting: options.meeting },
      ...(options.extraHeaders === undefined ? {} : { extraHeaders: options.extraHeaders }),
      // A page with two calls (a test) must have two connections.
      forceNew: true,
    })
    this.#socket.on('connect', () => this.#connected())
    this.#socket.on('disconnect', () => this.#lost())
    this.#socket.on('connect_error', (error) => this.#refused(error))
  }

  connect(): void {
    const { status } = this.#state.get()
    if (status !== 'closed' && status !== 'failed') return
    this.#attempt = 0
    this.#state.set({ status: 'connecting' })
    this.#socket.connect()
  }

  retryNow(): void {
    if (this.#state.get().status === 'failed') this.connect()
    else if (this.#cancelRetry !== null) this.#tryAgain()
  }

  close(): void {
    this.#stopTimers()
    this.#state.set({ status: 'closed' })
    this.#socket.disconnect()
  }

  async request<Name extends ClientEventName>(
    name: Name,
    payload: ClientPayload<Name>,
  ): Promise<Result<ClientAnswer<Name>, WireError>> {
    if (!this.#socket.connected) {
      return fail({ code: 'unavailable', message: 'There is no connection to the server right now.' })
    }
    try {
      const answer: Acknowledgement<ClientAnswer<Name>> = await this.#socket
        .timeout(this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS)
        .emitWithAck(name, payload)
      if (answer.ok) return ok(answer.value)
      const { code, message, retryAfterMs } = answer.error
      return fail({ code, message, retryAfterMs })
    } catch {
      return fail({ code: 'timeout', message: 'The server did not answer in time.' })
    }
  }

  notify<Name extends ClientEventName>(name: Name, payload: ClientPayload<Name>): void {
    if (this.#socket.connected) this.#socket.emit(name, payload)
  }

  on<Name extends ServerEventName>(name: Name, listener: (payload: ServerPayload<Name>) => void): () => void {
    // The one place where the wire's word is taken for its type: our own server checked it against the same table.
    const untyped = listener as (payload: unknown) => void
    const socket: UntypedSocket = this.#socket
    socket.on(name, untyped)
    return () => void socket.off(name, untyped)
  }

  #connected(): void {
    this.#attempt = 0
    this.#stopTimers()
    this.#state.set({ status: 'connected' })
  }

  #lost(): void {
    if (this.#state.get().status === 'closed') return
    this.#lostAt = this.#options.clock.now()
    this.#scheduleRetry(0)
    this.#scheduleProbe()
  }

  #refused(error: Error): void {
    if (this.#state.get().status === 'closed') return
    const refusal = refusalOf(error)
    if (refusal !== null && FINAL_CODES.has(refusal.code)) {
      this.#stopTimers()
      this.#state.set({ status: 'failed', error: refusal })
      return
    }
    // A server that answers "not now" is there: nothing to probe for.
    if (refusal !== null) this.#cancelProbe?.()
    this.#scheduleRetry(refusal?.retryAfterMs ?? 0)
  }

  /** At the schedule's time, but not before `leastMs`. */
  #scheduleRetry(leastMs: number): void {
    const { clock, random } = this.#options
    this.#cancelRetry?.()
    this.#attempt += 1
    const waitMs = Math.max(leastMs, retryDelay(this.#attempt, random()))
    this.#state.set({ status: 'reconnecting', attempt: this.#attempt, retryAt: clock.now() + waitMs })
    this.#cancelRetry = clock.after(waitMs, () => this.#tryAgain())
  }

  #tryAgain(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = null
    this.#socket.connect()
  }

  #scheduleProbe(): void {
    const { clock, probe, random } = this.#options
    if (probe === undefined) return
    this.#cancelProbe?.()
    this.#cancelProbe = clock.after(PROBE_INTERVAL_MS * (0.75 + random() / 2), () => {
      this.#cancelProbe = null
      void this.#probe(probe)
    })
  }

  async #probe(probe: () => Promise<boolean>): Promise<void> {
    if (this.#state.get().status !== 'reconnecting') return
    const alive = await probe().catch(() => false)
    if (this.#state.get().status !== 'reconnecting') return
    if (alive) this.retryNow()
    if (this.#options.clock.now() - this.#lostAt < PROBE_FOR_MS) this.#scheduleProbe()
  }

  #stopTimers(): void {
    this.#cancelRetry?.()
    this.#cancelProbe?.()
    this.#cancelRetry = null
    this.#cancelProbe = null
  }
}

const CODES = new Set<string>(ERROR_CODES)

/** What the server said when it refused the connection; null when it said nothing, as when it is not there. */
function refusalOf(error: Error): WireError | null {
  const { data } = error as Error & { data?: { code?: unknown; message?: unknown; retryAfterMs?: unknown } }
  if (typeof data?.code !== 'string' || !CODES.has(data.code)) return null
  return {
    code: data.code as WireError['code'],
    message: typeof data.message === 'string' ? data.message : error.message,
    retryAfterMs: typeof data.retryAfterMs === 'number' ? data.retryAfterMs : undefined,
  }
}
