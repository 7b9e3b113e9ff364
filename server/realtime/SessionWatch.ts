import { AppError } from '#lib/errors.ts'
import type { SessionEndReason } from '#server/auth/identity.ts'
import type { Log } from '#server/log.ts'
import type { Hub } from './Hub.ts'
import type { SessionsPort } from './SessionsPort.ts'

/** Each live session is asked about this often, whatever was or was not announced (WS-8: at least every 30 s). */
const RECHECK_MS = 20_000
/** Longest stretch of ending sessions before others get a turn: a thousand at once must not stop the loop. */
const SLICE_MS = 5

/** Ends what a session has open here as soon as the session is over. */
export class SessionWatch {
  readonly #hub: Hub
  readonly #sessions: SessionsPort
  readonly #log: Log
  readonly #ended: { sessionId: string; reason: SessionEndReason }[] = []
  readonly #stop: () => void
  #draining = false

  constructor(hub: Hub, sessions: SessionsPort, log: Log) {
    this.#hub = hub
    this.#sessions = sessions
    this.#log = log
    const stopListening = sessions.onEnded((ended) => this.#end(ended))
    const timer = setInterval(() => void this.#recheck(), RECHECK_MS).unref()
    this.#stop = () => {
      stopListening()
      clearInterval(timer)
    }
  }

  close(): void {
    this.#stop()
  }

  #end(ended: { sessionId: string; reason: SessionEndReason }): void {
    this.#ended.push(ended)
    if (!this.#draining) this.#drain()
  }

  #drain(): void {
    this.#draining = true
    const until = performance.now() + SLICE_MS
    let next = this.#ended.shift()
    while (next) {
      this.#hub.endSession(next.sessionId, next.reason)
      if (performance.now() >= until) break
      next = this.#ended.shift()
    }
    this.#draining = this.#ended.length > 0
    if (this.#draining) setImmediate(() => this.#drain())
  }

  /** With the database away a call goes on (its sessions were live when it went); what it allows stays as it was. */
  async #recheck(): Promise<void> {
    for (const sessionId of [...this.#hub.sessionIds]) {
      try {
        if (!(await this.#sessions.isLive(sessionId))) this.#end({ sessionId, reason: 'expired' })
      } catch (error) {
        if (!(error instanceof AppError)) this.#log.error({ err: error }, 'a session could not be checked')
        return
      }
    }
  }
}
