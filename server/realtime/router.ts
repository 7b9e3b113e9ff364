import { AppError } from '#lib/errors.ts'
import type { WireError } from '#lib/protocol/errors.ts'
import {
  type Acknowledgement,
  type ClientAnswer,
  type ClientEventName,
  type ClientPayload,
  clientEvents,
} from '#lib/protocol/events.ts'
import { fail, ok, type Result } from '#lib/result.ts'
import type { Log } from '#server/log.ts'
import { mayAsk } from './handlers.ts'
import type { KeyedBuckets } from './KeyedBuckets.ts'
import type { RealtimeLimits } from './limits.ts'
import type { ParleySocket, SocketConnection } from './SocketConnection.ts'

export type Handlers = {
  readonly [Name in ClientEventName]: (
    connection: SocketConnection,
    payload: ClientPayload<Name>,
  ) => ClientAnswer<Name> | Promise<ClientAnswer<Name>>
}

/** What was dropped, for the log and the tests. */
export type RouterCounts = {
  unknown: number
  malformed: number
  limited: number
  failed: number
  cut: number
}

type Acknowledge = (answer: Acknowledgement<unknown>) => void
type Handler = (connection: SocketConnection, payload: unknown) => unknown

/**
 * The one way in for every client event: counted, parsed by its schema, handled, answered. Nothing that a client sends
 * and nothing that a handler throws gets past this (WS-4): the sender gets an error, the others notice nothing.
 */
export class Router {
  readonly counts: RouterCounts = { unknown: 0, malformed: 0, limited: 0, failed: 0, cut: 0 }
  readonly #handlers: Handlers
  readonly #limits: RealtimeLimits
  readonly #people: KeyedBuckets
  readonly #log: Log

  constructor(handlers: Handlers, limits: RealtimeLimits, people: KeyedBuckets, log: Log) {
    this.#handlers = handlers
    this.#limits = limits
    this.#people = people
    this.#log = log
  }

  attach(socket: ParleySocket, connection: SocketConnection): void {
    socket.onAny((name: unknown, ...args: unknown[]) => this.#receive(connection, name, args))
  }

  #receive(connection: SocketConnection, name: unknown, args: unknown[]): void {
    if (!connection.open) return
    const last = args.at(-1)
    // Only Socket.IO puts a function there, and only when the client asked for an answer (CVE-2024-38355).
    const acknowledge = typeof last === 'function' ? (args.pop() as Acknowledge) : null
    const now = performance.now()
    if (connection.everything.take(now) > 0 || this.#people.take(connection.owner, now) > 0) {
      this.#cut(connection)
      return
    }
    const request = this.#read(connection, name, args, now)
    if (request.ok) this.#handle(connection, request.value.name, request.value.payload, acknowledge)
    else this.#refuse(connection, acknowledge, request.error)
  }

  #read(
    connection: SocketConnection,
    name: unknown,
    args: readonly unknown[],
    now: number,
  ): Result<{ name: ClientEventName; payload: unknown }, WireError> {
    if (!isEventName(name)) {
      this.counts.unknown += 1
      return fail(INVALID)
    }
    const retryAfterMs = connection.take(name, now)
    if (retryAfterMs > 0 || connection.requests >= this.#limits.concurrentRequests) {
      this.counts.limited += 1
      return fail(tooMany(retryAfterMs || 1_000))
    }
    const parsed = args.length === 1 ? clientEvents[name].payload.safeParse(args[0]) : null
    if (parsed?.success) return ok({ name, payload: parsed.data })
    this.counts.malformed += 1
    return fail(INVALID)
  }

  #handle(
    connection: SocketConnection,
    name: ClientEventName,
    payload: unknown,
    acknowledge: Acknowledge | null,
  ) {
    // The payload was parsed by this very event's schema; TypeScript cannot follow the pair through a union.
    const handler = this.#handlers[name] as Handler
    try {
      if (!mayAsk(connection, name)) throw AppError.forbidden()
      const answer = handler(connection, payload)
      if (!(answer instanceof Promise)) {
        acknowledge?.({ ok: true, value: answer })
        return
      }
      connection.requests += 1
      answer
        .then(
          (value) => acknowledge?.({ ok: true, value }),
          (error: unknown) => this.#failed(connection, name, acknowledge, error),
        )
        .catch((error: unknown) =>
          this.#log.error({ err: error, event: name }, 'an answer could not be sent'),
        )
        .finally(() => {
          connection.requests -= 1
        })
    } catch (error) {
      this.#failed(connection, name, acknowledge, error)
    }
  }

  #failed(connection: SocketConnection, name: string, acknowledge: Acknowledge | null, error: unknown): void {
    const { sessionId } = connection.identity
    if (!(error instanceof AppError)) {
      this.counts.failed += 1
      this.#log.error({ err: error, event: name, sessionId }, 'a handler failed')
      acknowledge?.({ ok: false, error: INTERNAL })
    } else if (error.code === 'forbidden') {
      this.#log.warn({ event: name, sessionId, meetingId: connection.meetingId }, 'not allowed')
      this.#refuse(connection, acknowledge, wireErrorOf(error))
    } else {
      if (error.cause !== undefined) this.#log.warn({ err: error.cause, event: name }, error.message)
      acknowledge?.({ ok: false, error: wireErrorOf(error) })
    }
  }

  /** Says no, and counts it: who goes on regardless is closed (WS-10). */
  #refuse(connection: SocketConnection, acknowledge: Acknowledge | null, error: WireError): void {
    acknowledge?.({ ok: false, error: { ...error } })
    if (connection.refusals.take(performance.now()) > 0) this.#cut(connection)
  }

  #cut(connection: SocketConnection): void {
    this.counts.cut += 1
    const { owner, address, meetingId } = connection
    this.#log.warn({ owner, address, meetingId }, 'a connection was closed: too many requests')
    connection.drop()
  }
}

const isEventName = (name: unknown): name is ClientEventName =>
  typeof name === 'string' && Object.hasOwn(clientEvents, name)

const INVALID: WireError = { code: 'invalid-request', message: 'The server did not understand this request.' }
const INTERNAL: WireError = { code: 'internal', message: 'Something went wrong on the server.' }
const tooMany = (retryAfterMs: number): WireError => ({
  code: 'rate-limited',
  message: 'Too many requests. Please wait a moment.',
  retryAfterMs,
})

export const wireErrorOf = ({ code, message, retryAfterMs }: AppError): WireError => ({
  code,
  message,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
})
