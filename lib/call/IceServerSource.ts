import type { IceServer, Snapshot } from '#lib/protocol/events.ts'
import type { IceServers } from './EngineContext.ts'
import type { Clock, Signalling } from './ports.ts'

/** Credentials that end sooner than this are replaced before they are used. */
const FRESH_FOR_MS = 120_000

/** STUN and TURN servers as our server last named them, with credentials that still hold. */
export class IceServerSource implements IceServers {
  readonly #signalling: Signalling
  readonly #clock: Clock
  #servers: readonly IceServer[] = []
  /** By our own clock; null when nothing ends. */
  #expiresAt: number | null = null
  #serverAhead = 0
  #asking: Promise<readonly IceServer[]> | null = null

  constructor(signalling: Signalling, clock: Clock) {
    this.#signalling = signalling
    this.#clock = clock
  }

  set({
    iceServers,
    iceExpiresAt,
    serverTime,
  }: Pick<Snapshot, 'iceServers' | 'iceExpiresAt' | 'serverTime'>): void {
    this.#serverAhead = serverTime - this.#clock.now()
    this.#take(iceServers, iceExpiresAt)
  }

  current(): readonly IceServer[] {
    return this.#servers
  }

  /** Several links that restart together ask once. */
  async refresh(): Promise<readonly IceServer[]> {
    if (this.#expiresAt === null || this.#expiresAt - this.#clock.now() > FRESH_FOR_MS) return this.#servers
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async #ask(): Promise<readonly IceServer[]> {
    const answer = await this.#signalling.request('ice:refresh', {})
    if (answer.ok) this.#take(answer.value.iceServers, answer.value.iceExpiresAt)
    return this.#servers
  }

  #take(servers: readonly IceServer[], expiresAt: number | null): void {
    this.#servers = servers
    this.#expiresAt = expiresAt === null ? null : expiresAt - this.#serverAhead
  }
}
