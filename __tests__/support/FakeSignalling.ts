import type { Signalling, SignallingState } from '#lib/call/ports.ts'
import type { WireError } from '#lib/protocol/errors.ts'
import type {
  ClientAnswer,
  ClientEventName,
  ClientPayload,
  ServerEventName,
  ServerPayload,
} from '#lib/protocol/events.ts'
import { fail, ok, type Result } from '#lib/result.ts'
import { Store } from '#lib/store.ts'

type Handlers = {
  [Name in ClientEventName]?: (payload: ClientPayload<Name>) => Result<ClientAnswer<Name>, WireError>
}

/** A connection whose other end is the test. Unhandled requests are answered with `{}`. */
export class FakeSignalling implements Signalling {
  readonly state = new Store<SignallingState>({ status: 'closed' })
  readonly requests: { name: ClientEventName; payload: unknown }[] = []
  readonly notified: { name: ClientEventName; payload: unknown }[] = []
  handlers: Handlers = {}
  connects = 0
  retries = 0
  /** Whether connect() succeeds by itself. */
  reachable = true
  readonly #listeners = new Map<ServerEventName, Set<(payload: never) => void>>()

  async request<Name extends ClientEventName>(
    name: Name,
    payload: ClientPayload<Name>,
  ): Promise<Result<ClientAnswer<Name>, WireError>> {
    this.requests.push({ name, payload })
    await Promise.resolve()
    if (this.state.get().status !== 'connected')
      return fail({ code: 'unavailable', message: 'No connection.' })
    return this.handlers[name]?.(payload) ?? ok({} as ClientAnswer<Name>)
  }

  notify<Name extends ClientEventName>(name: Name, payload: ClientPayload<Name>): void {
    this.notified.push({ name, payload })
  }

  on<Name extends ServerEventName>(name: Name, listener: (payload: ServerPayload<Name>) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  emit<Name extends ServerEventName>(name: Name, payload: ServerPayload<Name>): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(payload as never)
  }

  connect(): void {
    this.connects += 1
    this.state.set({ status: 'connecting' })
    if (this.reachable) this.state.set({ status: 'connected' })
  }

  lose(): void {
    this.state.set({ status: 'reconnecting', attempt: 1, retryAt: 0 })
  }

  regain(): void {
    this.state.set({ status: 'connected' })
  }

  refuse(error: WireError): void {
    this.state.set({ status: 'failed', error })
  }

  retryNow(): void {
    this.retries += 1
  }

  close(): void {
    this.state.set({ status: 'closed' })
  }

  sent<Name extends ClientEventName>(name: Name): ClientPayload<Name>[] {
    return this.requests
      .filter((request) => request.name === name)
      .map(({ payload }) => payload as ClientPayload<Name>)
  }
}
