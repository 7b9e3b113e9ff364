import type { Client } from 'pg'
import { z } from 'zod'
import { HeldConnection } from '#server/database/HeldConnection.ts'
import type { Log } from '#server/log.ts'

/** The channel on which processes tell each other what concerns a meeting that another one may answer for. */
export const CLUSTER_CHANNEL = 'parley_cluster'
/** First half of the advisory locks by which processes live; the second is the process's id. */
export const PROCESS_LOCKS = 7_225_104

/** Short: for as long as it lasts, others may take the meetings over. */
const LONGEST_RETRY_MS = 1_000

const news = z.union([
  /** Something of a meeting has been changed in the database. */
  z.object({ meetingId: z.uuid() }),
  /** A process has come. */
  z.object({ processId: z.int() }),
])
export type ClusterNews = z.infer<typeof news>

export type MembershipListener = {
  onNews(news: ClusterNews): void
  /** This process is known to be alive again; what was told meanwhile was missed. */
  onUp(): void
}

/**
 * This process among those that serve one database. It counts as alive for as long as it holds an advisory lock on a
 * connection of its own: PostgreSQL lets go of it when the process dies, and keep-alive ends the connection when its
 * machine does. So nobody needs a clock to know who is dead.
 */
export class Membership {
  readonly #url: string
  readonly #listener: MembershipListener
  readonly #log: Log
  readonly #connection: HeldConnection
  #id: number | null = null
  #held = false
  #others = true

  /** @param ownUrl where other processes reach this one */
  constructor(databaseUrl: string, ownUrl: string, listener: MembershipListener, log: Log) {
    this.#url = ownUrl
    this.#listener = listener
    this.#log = log
    this.#connection = new HeldConnection({
      url: databaseUrl,
      purpose: 'word of other processes',
      longestRetryMs: LONGEST_RETRY_MS,
      prepare: (client) => this.#prepare(client),
      onNotification: (payload) => this.#hear(payload),
      onUp: () => this.#up(),
      onDown: () => {
        this.#held = false
      },
      log,
    })
  }

  /** Resolves after the first attempt, whether it worked or not. */
  start(): Promise<void> {
    return this.#connection.start()
  }

  /** Null until the database has answered for the first time. */
  get id(): number | null {
    return this.#id
  }

  /** Whether others see this process as alive. */
  get held(): boolean {
    return this.#held
  }

  /** False only while this process is known to be the only one. */
  get others(): boolean {
    return this.#others
  }

  /** Another one was met. */
  noteOthers(): void {
    this.#others = true
  }

  close(): Promise<void> {
    this.#held = false
    return this.#connection.close()
  }

  async #prepare(client: Client): Promise<void> {
    // A machine that is gone without a word is dead after these, not after the system's two hours.
    await client.query(
      `SELECT set_config('tcp_keepalives_idle', '2', false), set_config('tcp_keepalives_interval', '1', false),
              set_config('tcp_keepalives_count', '3', false)`,
    )
    this.#id ??= await nextId(client)
    // The connection before this one may still stand on the database's side, with the lock.
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
         AND classid = $1::oid AND objid = $2::int::oid
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [PROCESS_LOCKS, this.#id],
    )
    await client.query('SELECT pg_advisory_lock($1, $2)', [PROCESS_LOCKS, this.#id])
    await client.query(
      `INSERT INTO "ServerProcess" (id, url) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET url = excluded.url`,
      [this.#id, this.#url],
    )
    await client.query(`LISTEN ${CLUSTER_CHANNEL}`)
    await client.query('SELECT pg_notify($1, $2)', [CLUSTER_CHANNEL, JSON.stringify({ processId: this.#id })])
    const { rowCount } = await client.query(
      `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = $1::oid
         AND objid <> $2::int::oid AND granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1`,
      [PROCESS_LOCKS, this.#id],
    )
    this.#others = rowCount !== 0
  }

  #up(): void {
    this.#held = true
    this.#log.debug({ processId: this.#id, others: this.#others }, 'known to the other processes')
    this.#listener.onUp()
  }

  #hear(payload: string | undefined): void {
    const heard = news.safeParse(parseJson(payload))
    if (!heard.success) {
      this.#log.warn({ payload }, 'what another process said could not be read')
      return
    }
    if ('processId' in heard.data && heard.data.processId !== this.#id) this.#others = true
    this.#listener.onNews(heard.data)
  }
}

async function nextId(client: Client): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `SELECT nextval(pg_get_serial_sequence('"ServerProcess"', 'id'))::int AS id`,
  )
  const [row] = rows
  if (!row) throw new Error('the database gave no process id')
  return row.id
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return null
  }
}
