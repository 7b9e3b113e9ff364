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
  readonly restart: () => void
  readonly report: (health: LinkHealth) => void
}

/** How long a link may be `disconnected` (a missed consent check or two) before a new path is looked for. */
const DISCONNECTED_GRACE_MS = 2000
const YIELD_MS = 1000
/** How long an attempt to connect may take. */
const ATTEMPT_MS = 10_000
/** Attempts without success after which the person is shown as lost. Attempts go on. */
const ATTEMPTS_UNTIL_LOST = 2

/** Watches one link and decides when to restart it and what to call its state. */
export class LinkRecovery {
  readonly #options: LinkRecoveryOptions
  #connected = false
  #attempts = 0
  #owed = false
  #silentRestartAt = Number.NEGATIVE_INFINITY
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
    if (!this.#closed) this.#restartNow()
  }

  /** Connected, but nothing arrives although something should. */
  mediaSilent(): void {
    const now = this.#options.clock.now()
    if (this.#closed || now - this.#silentRestartAt < ATTEMPT_MS) return
    this.#silentRestartAt = now
    this.#restartSoon(0)
  }

  /** True when a restart follows from this. */
  signallingRestored(): boolean {
    if (this.#closed || (this.#connected && !this.#owed)) return false
    this.#restartSoon(0)
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
    this.#restartSoon(graceMs)
  }

  #restartSoon(ms: number): void {
    const waitMs = this.#options.leads ? ms : ms + YIELD_MS
    this.#cancelSoon?.()
    this.#cancelSoon = null
    if (waitMs === 0) this.#restartNow()
    else this.#cancelSoon = this.#options.clock.after(waitMs, () => this.#restartNow())
  }

  #restartNow(): void {
    this.#disarm()
    this.#owed = !this.#options.canSignal()
    if (!this.#connected) this.#armAttempt()
    if (!this.#owed) this.#options.restart()
  }

  #armAttempt(): void {
    this.#cancelAttempt?.()
    this.#cancelAttempt = this.#options.clock.after(ATTEMPT_MS, () => {
      this.#attempts += 1
      if (this.#attempts >= ATTEMPTS_UNTIL_LOST) this.#options.report('lost')
      this.#restartNow()
    })
  }

  #disarm(): void {
    this.#cancelSoon?.()
    this.#cancelAttempt?.()
    this.#cancelSoon = null
    this.#cancelAttempt = null
  }
}
