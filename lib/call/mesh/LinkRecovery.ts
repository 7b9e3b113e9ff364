import type { Clock } from '../ports.ts'

export type LinkHealth = 'connecting' | 'connected' | 'interrupted' | 'lost'

export type LinkRecoveryOptions = {
  readonly clock: Clock
  /**
   * True for the side whose offer stands in a collision. The other one waits a moment longer before it restarts by
   * itself: both notice the same loss, and one restart is enough.
   */
  readonly leads: boolean
  /** False while signalling is away: an offer that nobody can answer would only move our sending to an untold path. */
  readonly canSignal: () => boolean
  /** Looks for another way with the same connection. */
  readonly restart: () => void
  /** Makes another connection. */
  readonly renew: () => void
  readonly report: (health: LinkHealth) => void
}

/** How long a link may be `disconnected` (a missed consent check or two) before a new path is looked for. */
const DISCONNECTED_GRACE_MS = 2000
const YIELD_MS = 1000
/** How long an attempt to connect may take. */
const ATTEMPT_MS = 10_000
/** Attempts without success after which the person is shown as lost. Attempts go on. */
const ATTEMPTS_UNTIL_LOST = 2

/** Watches one link and decides when to restart it, when to make it anew, and what to call its state. */
export class LinkRecovery {
  readonly #options: LinkRecoveryOptions
  #connected = false
  #attempts = 0
  #owed = false
  #silentRestartAt = Number.NEGATIVE_INFINITY
  #renewedAt = Number.NEGATIVE_INFINITY
  #cancelSoon: (() => void) | null = null
  #cancelAttempt: (() => void) | null = null
  #closed = false

  /** Starts counting at once: the caller has just begun to connect. */
  constructor(options: LinkRecoveryOptions) {
    this.#options = options
    this.#armAttempt()
  }

  connectionState(state: RTCPeerConnectionState): void {
    if (this.#closed) return
    if (state === 'connected') this.#succeeded()
    if (state === 'disconnected') this.#interrupted(DISCONNECTED_GRACE_MS)
    if (state === 'failed') this.#interrupted(0)
  }

  /** Packets find their way, and the connection failed all the same: restarts change nothing. Not again at once. */
  broken(): void {
    if (this.#closed) return
    this.#connected = false
    this.#options.report('interrupted')
    const early = this.#options.clock.now() - this.#renewedAt < ATTEMPT_MS
    if (!early) this.#soon(0, this.#options.renew)
    else if (this.#cancelAttempt === null) this.#armAttempt()
  }

  /** Another connection has begun, by our wish or the peer's: it has its time. */
  renewed(): void {
    if (this.#closed) return
    this.#renewedAt = this.#options.clock.now()
    if (this.#connected) this.#options.report('interrupted')
    this.#connected = false
    this.#disarm()
    this.#armAttempt()
  }

  /** A negotiation is complete: whatever was about to be restarted has its chance now. */
  negotiated(): void {
    if (this.#closed) return
    this.#cancelSoon?.()
    this.#cancelSoon = null
    // An attempt under way keeps its time: negotiating over and over without connecting must be noticed.
    if (!this.#connected && this.#cancelAttempt === null) this.#armAttempt()
  }

  /** Another network: the old path may be dead without anybody having noticed. */
  networkChanged(): void {
    if (!this.#closed) this.#attempt(this.#options.restart)
  }

  /** Connected, but nothing arrives although something should. */
  mediaSilent(): void {
    const now = this.#options.clock.now()
    if (this.#closed || now - this.#silentRestartAt < ATTEMPT_MS) return
    this.#silentRestartAt = now
    this.#soon(0, this.#options.restart)
  }

  /** True when a restart follows from this. */
  signallingRestored(): boolean {
    if (this.#closed || (this.#connected && !this.#owed)) return false
    this.#soon(0, this.#options.restart)
    return true
  }

  close(): void {
    this.#closed = true
    this.#disarm()
  }

  #succeeded(): void {
    this.#connected = true
    this.#attempts = 0
    this.#disarm()
    this.#options.report('connected')
  }

  #interrupted(graceMs: number): void {
    this.#connected = false
    this.#options.report('interrupted')
    this.#soon(graceMs, this.#options.restart)
  }

  #soon(ms: number, way: () => void): void {
    const waitMs = this.#options.leads ? ms : ms + YIELD_MS
    this.#cancelSoon?.()
    this.#cancelSoon = null
    if (waitMs === 0) this.#attempt(way)
    else this.#cancelSoon = this.#options.clock.after(waitMs, () => this.#attempt(way))
  }

  #attempt(way: () => void): void {
    this.#disarm()
    this.#owed = !this.#options.canSignal()
    if (!this.#connected) this.#armAttempt()
    if (!this.#owed) way()
  }

  #armAttempt(): void {
    this.#cancelAttempt?.()
    this.#cancelAttempt = this.#options.clock.after(ATTEMPT_MS, () => {
      this.#cancelAttempt = null
      this.#attempts += 1
      if (this.#attempts >= ATTEMPTS_UNTIL_LOST) this.#options.report('lost')
      const { restart, renew } = this.#options
      if (this.#attempts % ATTEMPTS_UNTIL_LOST === 0) this.#soon(0, renew)
      else this.#attempt(restart)
    })
  }

  #disarm(): void {
    this.#cancelSoon?.()
    this.#cancelAttempt?.()
    this.#cancelSoon = null
    this.#cancelAttempt = null
  }
}
