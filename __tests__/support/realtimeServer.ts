import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSessions, type Sessions } from '#server/auth/createSessions.ts'
import { loadEnv, type RunningEnv } from '#server/env.ts'
import { createUpgradeDispatcher } from '#server/http/createUpgradeDispatcher.ts'
import { createLog } from '#server/log.ts'
import { createRealtime, type Realtime, type RealtimeDeps } from '#server/realtime/createRealtime.ts'
import { PrismaConferenceRecords } from '#server/realtime/PrismaConferenceRecords.ts'
import type { ConferenceRecords } from '#server/realtime/records.ts'
import type { TestDatabase } from './database.ts'
import { RealtimeClient } from './RealtimeClient.ts'

export type Person = {
  readonly id: string
  readonly name: string
  readonly sessionId: string
  readonly cookie: string
}
export type Guest = { readonly sessionId: string; readonly cookie: string }
export type TestMeeting = { readonly id: string; readonly code: string; readonly hostId: string }

/** A real signalling server: HTTP server, upgrade dispatcher, sessions and records over a real database. */
export class RealtimeServer {
  readonly origin: string
  readonly realtime: Realtime
  readonly sessions: Sessions
  readonly #server: Server
  readonly #database: TestDatabase
  readonly #clients: RealtimeClient[] = []

  private constructor(server: Server, env: RunningEnv, database: TestDatabase, options: StartOptions) {
    this.#server = server
    this.#database = database
    this.origin = env.PUBLIC_URL
    const log = createLog(process.env.PARLEY_TEST_LOG ?? 'silent', false)
    this.sessions = createSessions({ prisma: database.prisma, databaseUrl: database.url, env, log })
    const records = options.records ?? new PrismaConferenceRecords(database.prisma)
    const limits = options.limits ?? {}
    this.realtime = createRealtime(server, { sessions: this.sessions, records, env, log, limits })
    const routes = { '/socket.io/': this.realtime.handleUpgrade, next: null }
    createUpgradeDispatcher(server, routes, { PUBLIC_URL: env.PUBLIC_URL })
  }

  static async start(database: TestDatabase, options: StartOptions = {}): Promise<RealtimeServer> {
    const server = createServer((_request, response) => response.writeHead(404).end())
    await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const PUBLIC_URL = `http://localhost:${port}`
    const env = loadEnv({ AUTH_SECRET: SECRET, PUBLIC_URL, ...options.env })
    return new RealtimeServer(server, { ...env, AUTH_SECRET: SECRET, PUBLIC_URL }, database, options)
  }

  get port(): number {
    return Number(new URL(this.origin).port)
  }

  async user(name = 'Ada'): Promise<Person> {
    const email = `${randomUUID()}@example.test`
    const { id } = await this.#database.prisma.user.create({ data: { name, email, passwordHash: 'none' } })
    return { ...(await this.signIn(id)), id, name }
  }

  async signIn(userId: string): Promise<Guest> {
    const subject = await this.sessions.startUser(userId, CLIENT)
    const token = await this.sessions.signUserToken(subject)
    return { sessionId: subject.sessionId, cookie: `${this.sessions.cookies.user}=${token}` }
  }

  async guest(meeting: TestMeeting): Promise<Guest> {
    const { sessionId, setCookie } = await this.sessions.startGuest(meeting.id, CLIENT)
    return { sessionId, cookie: setCookie.split(';')[0] ?? '' }
  }

  async meeting(
    host: Person,
    data: { lobby?: boolean; title?: string; repeats?: 'DAILY' } = {},
  ): Promise<TestMeeting> {
    const code = newCode()
    const row = await this.#database.prisma.meeting.create({
      data: { title: 'Weekly', ...data, code, hostId: host.id },
      select: { id: true, code: true, hostId: true },
    })
    return row
  }

  /** A client with this person's cookie, connected to the meeting. Rejects with the handshake's WireError. */
  async connect(who: { cookie: string } | null, meeting: { code: string }): Promise<RealtimeClient> {
    const client = new RealtimeClient(this.origin, who?.cookie, meeting.code)
    this.#clients.push(client)
    await client.connected()
    return client
  }

  /** Ends the process's part of it as a crash would: nothing is told to anybody, nothing more is written. */
  async kill(): Promise<void> {
    this.#server.closeAllConnections()
    const closed = new Promise((done) => this.#server.close(done))
    await this.realtime.close()
    await this.sessions.close()
    await closed
  }

  /** Closes every client that this server's `connect` made, and waits until the server knows. */
  async closeClients(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.close()
    while (this.realtime.stats().sockets > 0) await new Promise((done) => setTimeout(done, 5))
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.kill()
  }
}

type StartOptions = {
  readonly env?: Readonly<Record<string, string>>
  readonly limits?: RealtimeDeps['limits']
  readonly records?: ConferenceRecords
  readonly port?: number
}

const SECRET = 'a secret of the realtime tests, long enough'
const CLIENT = { device: 'Test', address: '127.0.0.1' }
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'

export const newCode = (): string =>
  `blue-fox-${[...randomBytes(26)].map((byte) => DIGITS[byte % 32]).join('')}`
