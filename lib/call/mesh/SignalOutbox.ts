import type { IceCandidate, LinkSignal } from '#lib/protocol/events.ts'
import type { Clock } from '../ports.ts'

/** Candidates found within this time share one message. */
const BATCH_MS = 5
/** The wire's bound on one message. */
const MAX_BATCH = 32

/** Sends descriptions at once and candidates in batches; the first candidate of a batch's silence goes at once too. */
export class SignalOutbox {
  readonly #clock: Clock
  readonly #send: (signal: LinkSignal) => void
  #waiting: IceCandidate[] = []
  #cancel: (() => void) | null = null
  #closed = false

  constructor(clock: Clock, send: (signal: LinkSignal) => void) {
    this.#clock = clock
    this.#send = send
  }

  send(signal: LinkSignal): void {
    if (!this.#closed) this.#send(signal)
  }

  addCandidate(candidate: IceCandidate | null): void {
    if (this.#closed || candidate === null) return
    this.#waiting.push(candidate)
    if (this.#cancel === null) this.#flush()
    else if (this.#waiting.length >= MAX_BATCH) this.#sendWaiting()
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
    this.#cancel = null
    this.#waiting = []
  }

  /** Sends what waits, then collects for a moment as long as more comes. */
  #flush(): void {
    this.#cancel = null
    if (this.#waiting.length === 0) return
    this.#sendWaiting()
    this.#cancel = this.#clock.after(BATCH_MS, () => this.#flush())
  }

  #sendWaiting(): void {
    this.#send({ type: 'candidates', candidates: this.#waiting })
    this.#waiting = []
  }
}

/** As it travels. Null and the empty candidate mark the end of gathering, which nobody needs to be told: null. */
export function wireCandidate(found: RTCIceCandidate | null): IceCandidate | null {
  if (found === null || found.candidate === '') return null
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = found
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment }
}
