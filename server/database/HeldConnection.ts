import { Client } from 'pg'
import { poolConfig } from '#server/db.ts'
import type { Log } from '#server/log.ts'

const FIRST_RETRY_MS = 100
/** A connection that died without a word is noticed by this. */
const HEARTBEAT_MS = 5_000

export type HeldConnectionOptions = {
  readonly url: string
  /** What is missed while it is down; for the log. */
  readonly purpose: string
  /** Longest pause between two attempts. */
  readonly longestRetryMs: number
  /** Runs on each new connection; the connection counts once it has resolved. */
  readonly prepare: (client: Client) => Promise<void>
  readonly onNotification: (payload: string | undefined) => void
  readonly onUp: () => void
  /** Nothing is heard, and what the connection held is gone, until onUp. */
  readonly onDown: () => void
  readonly log: Log
}

/**
 * A connection to PostgreSQL that is kept, outside any pool: for LISTEN, and for locks that last as long as the
 * connection. Made again for as long as it is not closed, with growing pauses.
 */
export class HeldConnection {
  readonly #options: HeldConnectionOptions
  #client: Client | undefined
  #timer: NodeJS.Timeout | undefined
  #retryMs = FIRST_RETRY_MS
  #closed = false

  constructor(options: HeldConnectionOptions) {
    this.#options = options
  }

  /** Resolves after the first attempt, whether it worked or not: boot does not wait for a database that is away. */
  async start(): Promise<void> {
    if (this.#closed) return
    const client = new Client({ ...poolConfig(this.#options.url), query_timeout: HEARTBEAT_MS })
    this.#client = client
    // Errors of an old client may still arrive after a new one took over.
    const lost = (error?: Error) => {
      if (this.#client === client) this.#lost(error)
    }
    client.on('error', lost)
    client.on('end', () => lost())
    client.on('notification', ({ payload }) => this.#options.onNotification(payload))
    try {
      await client.connect()
      await this.#options.prepare(client)
    } catch (error) {
      lost(error instanceof Error ? error : undefined)
      return
    }
    if (this.#client !== client) return
    this.#retryMs = FIRST_RETRY_MS
    this.#options.onUp()
    this.#beat(client)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => undefined)
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
    const { log, purpose, longestRetryMs, onDown } = this.#options
    const client = this.#client
    this.#client = undefined
    clearTimeout(this.#timer)
    client?.end().catch(() => undefined)
    if (this.#closed) return
    onDown()
    log.warn({ error: error?.message, retryMs: this.#retryMs }, `no ${purpose} from the database`)
    this.#timer = setTimeout(() => void this.start(), this.#retryMs * (0.75 + Math.random() / 2)).unref()
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs)
  }
}
