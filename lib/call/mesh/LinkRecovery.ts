import type { Clock } from '../ports.ts'

export type LinkHealth = 'connecting' | 'connected' | 'interrupted' | 'lost'

/** How long a link may be `disconnected` (a missed consent check or two) before a new path is looked for. */
const DISCONNECTED_GRACE_MS = 2000
/** How long an attempt to connect may take. */
const ATTEMPT_MS = 10_000
/** Attempts without success after which the person is shown as lost. Attempts go on. */
const ATTEMPTS_UNTIL_LOST = 2

/** Watches one link and decides when to restart it and what to call its state. */
export class LinkRecovery {
  readonly #clock: Clock
  readonly #restart: () => void
  readonly #report: (health: LinkHealth) => void
  #connected = false
  #attempts = 0
  #cancelGrace: (() => void) | null = null
  #cancelAttempt: (() => void) | null = null
  #closed = false

  /** Starts counting at once: the caller has just begun to connect. */
  constructor(clock: Clock, restart: () => void, report: (health: LinkHealth) => void) {
    this.#clock = clock
    this.#restart = restart
    this.#report = report
    this.#armAttempt()
  }

  connectionState(state: RTCPeerConnectionState): void {
    if (this.#closed) return
    if (state === 'connected') this.#succeeded()
    if (state === 'disconnected') {
      this.#connected = false
      this.#report('interrupted')
      this.#cancelGrace ??= this.#clock.after(DISCONNECTED_GRACE_MS, () => this.#tryAgain())
    }
    if (state === 'failed') {
      this.#connected = false
      this.#report('interrupted')
      this.#tryAgain()
    }
  }

  /** Another network, or signalling is back: what is not connected tries at once. */
  tryNow(evenIfConnected: boolean): void {
    if (!this.#closed && (evenIfConnected || !this.#connected)) this.#tryAgain()
  }

  close(): void {
    this.#closed = true
    this.#disarm()
  }

  #succeeded(): void {
    this.#connected = true
    this.#attempts = 0
    this.#disarm()
    this.#report('connected')
  }

  #tryAgain(): void {
    this.#disarm()
    this.#armAttempt()
    this.#restart()
  }

  #armAttempt(): void {
    this.#cancelAttempt = this.#clock.after(ATTEMPT_MS, () => {
      this.#cancelAttempt = null
      if (this.#connected) return
      this.#attempts += 1
      if (this.#attempts >= ATTEMPTS_UNTIL_LOST) this.#report('lost')
      this.#tryAgain()
    })
  }

  #disarm(): void {
    this.#cancelGrace?.()
    this.#cancelAttempt?.()
    this.#cancelGrace = null
    this.#cancelAttempt = null
  }
}
