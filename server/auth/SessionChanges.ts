import { Client } from 'pg'
import { z } from 'zod'
import { poolConfig } from '#server/db.ts'
import type { Log } from '#server/log.ts'
import { SESSIONS_CHANNEL } from './PrismaSessionRows.ts'

const FIRST_RETRY_MS = 100
const LONGEST_RETRY_MS = 5_000
/** A connection that died without a word is noticed by this. */
const HEARTBEAT_MS = 5_000

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

/**
 * Hears, on a connection of its own, what any process says about sessions (PostgreSQL LISTEN). Reconnects for as long
 * as it is not closed, with growing pauses.
 */
export class SessionChanges {
  readonly #url: string
  readonly #listener: SessionChangesListener
  readonly #log: Log
  #client: Client | undefined
  #timer: NodeJS.Timeout | undefined
  #retryMs = FIRST_RETRY_MS
  #closed = false

  constructor(url: string, listener: SessionChangesListener, log: Log) {
    this.#url = url
    this.#listener = listener
    this.#log = log
  }

  /** Resolves after the first attempt, whether it worked or not: boot does not wait for a database that is away. */
  async start(): Promise<void> {
    if (this.#closed) return
    const client = new Client({ ...poolConfig(this.#url), query_timeout: HEARTBEAT_MS })
    this.#client = client
    // Errors of an old client may still arrive after a new one took over.
    const lost = (error?: Error) => {
      if (this.#client === client) this.#lost(error)
    }
    client.on('error', lost)
    client.on('end', () => lost())
    client.on('notification', ({ payload }) => this.#hear(payload))
    try {
      await client.connect()
      await client.query(`LISTEN ${SESSIONS_CHANNEL}`)
    } catch (error) {
      lost(error instanceof Error ? error : undefined)
      return
    }
    if (this.#client !== client) return
    this.#retryMs = FIRST_RETRY_MS
    this.#listener.onUp()
    this.#beat(client)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => undefined)
  }

  #hear(payload: string | undefined): void {
    try {
      this.#listener.onChange(change.parse(JSON.parse(payload ?? '')))
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'a session change could not be read')
      this.#listener.onUnreadable()
    }
  }

  #beat(client: Client): void {
    this.#timer = setTimeout(async () => {
      try {
        await client.query('SELECT 1')
      } catch (error) {
        if (this.#client === client) this.#lost(error instanceof Error ? error : undefined)
        return
      }
      if (this.#client === client) this.#beat(client)
    }, HEARTBEAT_MS).unref()
  }

  #lost(error: Error | undefined): void {
    const client = this.#client
    this.#client = undefined
    clearTimeout(this.#timer)
    client?.end().catch(() => undefined)
    if (this.#closed) return
    this.#listener.onDown()
    this.#log.warn({ error: error?.message, retryMs: this.#retryMs }, 'no news of sessions from the database')
    this.#timer = setTimeout(() => void this.start(), this.#retryMs * (0.75 + Math.random() / 2)).unref()
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS)
  }
}
