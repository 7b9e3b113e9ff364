import { z } from 'zod'
import { HeldConnection } from '#server/database/HeldConnection.ts'
import type { Log } from '#server/log.ts'
import { SESSIONS_CHANNEL } from './PrismaSessionRows.ts'

const LONGEST_RETRY_MS = 5_000

const change = z.union([
  z.object({
    sessionId: z.uuid(),
    reason: z.enum(['revoked', 'signed-out', 'expired', 'disabled', 'removed']).catch('revoked'),
  }),
  /** The person's role, name or standing changed. */
  z.object({ userId: z.uuid() }),
])
export type SessionChange = z.infer<typeof change>

export type SessionChangesListener = {
  onChange(change: SessionChange): void
  /** Something was said that we cannot read: whatever is remembered may be wrong. */
  onUnreadable(): void
  /** News arrives from now on; what was said before may have been missed. */
  onUp(): void
  /** No news until onUp. */
  onDown(): void
}

/** Hears, on a connection of its own, what any process says about sessions (PostgreSQL LISTEN). */
export class SessionChanges {
  readonly #listener: SessionChangesListener
  readonly #log: Log
  readonly #connection: HeldConnection

  constructor(url: string, listener: SessionChangesListener, log: Log) {
    this.#listener = listener
    this.#log = log
    this.#connection = new HeldConnection({
      url,
      purpose: 'news of sessions',
      longestRetryMs: LONGEST_RETRY_MS,
      prepare: async (client) => void (await client.query(`LISTEN ${SESSIONS_CHANNEL}`)),
      onNotification: (payload) => this.#hear(payload),
      onUp: () => listener.onUp(),
      onDown: () => listener.onDown(),
      log,
    })
  }

  /** Resolves after the first attempt, whether it worked or not: boot does not wait for a database that is away. */
  start(): Promise<void> {
    return this.#connection.start()
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  #hear(payload: string | undefined): void {
    try {
      this.#listener.onChange(change.parse(JSON.parse(payload ?? '')))
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'a session change could not be read')
      this.#listener.onUnreadable()
    }
  }
}
