import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSessions, type Sessions } from '#server/auth/createSessions.ts'
import { audit } from '#server/auth/PrismaAudit.ts'
import { aloneCluster } from '#server/cluster/aloneCluster.ts'
import type { Cluster } from '#server/cluster/Cluster.ts'
import { createCluster } from '#server/cluster/createCluster.ts'
import { loadEnv, type RunningEnv } from '#server/env.ts'
import { createUpgradeDispatcher } from '#server/http/createUpgradeDispatcher.ts'
import { createLog, type Log } from '#server/log.ts'
import { createRealtime, type Realtime, type RealtimeDeps } from '#server/realtime/createRealtime.ts'
import { PrismaConferenceRecords } from '#server/realtime/PrismaConferenceRecords.ts'
import type { ConferenceRecords } from '#server/realtime/records.ts'
import type { NewRecording, RecordingJobs } from '#server/recordings/RecordingJobs.ts'
import { absentSfu } from '#server/sfu/absentSfu.ts'
import { createSfu, type SfuService } from '#server/sfu/createSfu.ts'
import type { Sfu } from '#server/sfu/Sfu.ts'
import type { TestDatabase } from './database.ts'
import { TEST_KEYS } from './livekitNode.ts'
import { MemoryRecordingJobs } from './MemoryRecordingJobs.ts'
import { RealtimeClient } from './RealtimeClient.ts'

export type Person = {
  readonly id: string
  readonly name: string
  readonly sessionId: string
  readonly cookie: string
}
export type Guest = { readonly sessionId: string; readonly cookie: string }
export type MeetingOptions = {
  lobby?: boolean
  title?: string
  repeats?: 'DAILY'
  recordingPolicy?: 'NEVER' | 'ASK' | 'AUTOMATIC'
  recordingConsent?: boolean
}
export type TestMeeting = { readonly id: string; readonly code: string; readonly hostId: string }

/** A real signalling server: HTTP server, upgrade dispatcher, sessions and records over a real database. */
export class RealtimeServer {
  readonly origin: string
  readonly realtime: Realtime
  readonly sessions: Sessions
  readonly port: number
  readonly cluster: Cluster
  readonly recordings: MemoryRecordingJobs
  /** With `nodes` only. */
  readonly sfu: SfuService | null
  readonly #server: Server
  readonly #database: TestDatabase
  readonly #clients: RealtimeClient[] = []

  private constructor(
    server: Server,
    env: RunningEnv,
    database: TestDatabase,
    cluster: Cluster,
    log: Log,
    options: StartOptions,
  ) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    this.#database = database
    this.cluster = cluster
    this.origin = env.PUBLIC_URL
    this.sessions = createSessions({ prisma: database.prisma, databaseUrl: database.url, env, log })
    const records = options.records ?? new PrismaConferenceRecords(database.prisma)
    const { limits = {} } = options
    this.sfu = options.nodes ? createSfu({ root: process.cwd(), env, tls: false, log }) : null
    const sfu = this.sfu?.port ?? options.sfu ?? absentSfu('none in this test')
    this.recordings =
      options.recordings ??
      new MemoryRecordingJobs({
        onStart: (id, asked) => this.#writeRecording(id, asked),
        onStop: async (id) => void (await this.sessions.end({ recordingId: id }, null, 'revoked')),
      })
    const recordings = options.jobs ?? this.recordings
    const trail: RealtimeDeps['audit'] = (entry) => audit(database.prisma, entry)
    const deps = {
      sessions: this.sessions,
      records,
      recordings,
      audit: trail,
      sfu,
      cluster,
      env,
      log,
      limits,
    }
    this.realtime = createRealtime(server, deps)
    const gate = this.sfu?.open(this.realtime.sfuGuard, cluster.passOn)
    const routes = {
      '/socket.io/': this.realtime.handleUpgrade,
      ...(gate ? { '/sfu/': cluster.admit(gate.handleUpgrade) } : {}),
      next: null,
    }
    createUpgradeDispatcher(server, routes, { PUBLIC_URL: env.PUBLIC_URL })
  }

  static async start(database: TestDatabase, options: StartOptions = {}): Promise<RealtimeServer> {
    const server = createServer((_request, response) => response.writeHead(404).end())
    await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const PUBLIC_URL = options.publicUrl ?? `http://localhost:${port}`
    const media = options.nodes && {
      LIVEKIT_URL: options.nodes.map(({ url }) => url).join(' '),
      LIVEKIT_API_KEY: TEST_KEYS.key,
      LIVEKIT_API_SECRET: TEST_KEYS.secret,
    }
    const env = loadEnv({
      AUTH_SECRET: REALTIME_SECRET,
      PUBLIC_URL,
      MESH_CAPACITY: '500',
      ...media,
      ...options.env,
    })
    const running = { ...env, AUTH_SECRET: REALTIME_SECRET, PUBLIC_URL }
    const log = createLog(process.env.PARLEY_TEST_LOG ?? 'silent', false)
    const cluster = options.oneOfSeveral
      ? await createCluster({
          prisma: database.prisma,
          databaseUrl: database.url,
          env: { ...running, PARLEY_INTERNAL_URL: `http://127.0.0.1:${port}` },
          log,
        })
      : aloneCluster()
    return new RealtimeServer(server, running, database, cluster, log, options)
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

  async meeting(host: Person, data: MeetingOptions = {}): Promise<TestMeeting> {
    const code = newCode()
    const row = await this.#database.prisma.meeting.create({
      data: { title: 'Weekly', ...data, code, hostId: host.id },
      select: { id: true, code: true, hostId: true },
    })
    return row
  }

  /** A client with this person's cookie, connected to the meeting. Rejects with the handshake's WireError. */
  async connect(who: { cookie: string } | null, meeting: { code: string }): Promise<RealtimeClient> {
    const via = `http://localhost:${this.port}`
    const client = new RealtimeClient(this.origin, who?.cookie, meeting.code, {}, via)
    this.#clients.push(client)
    await client.connected()
    return client
  }

  /** The cookie of a recorder's browser. */
  async recorder(recording: { id: string; meetingId: string }): Promise<Guest> {
    const { sessionId, cookie } = await this.sessions.startRecorder(recording, CLIENT)
    return { sessionId, cookie: `${cookie.name}=${cookie.value}` }
  }

  /** Ends this server and no meeting: its clients are sent away, to come back here or elsewhere. */
  async kill(): Promise<void> {
    this.#server.closeAllConnections()
    const closed = new Promise((done) => this.#server.close(done))
    await this.realtime.close()
    await this.sfu?.close()
    await this.cluster.close()
    await this.sessions.close()
    await closed
  }

  /** Closes every client that this server's `connect` made, and waits until the server knows. */
  async closeClients(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.close()
    while (this.realtime.stats().sockets > 0) await new Promise((done) => setTimeout(done, 5))
  }

  async #writeRecording(id: string, asked: NewRecording): Promise<void> {
    const { meetingId, conferenceId, ownerId, title, kind } = asked
    const known = { id, meetingId, conferenceId, ownerId, title }
    await this.#database.prisma.recording.create({
      data: { ...known, kind: KINDS[kind] },
    })
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.kill()
  }
}

export type StartOptions = {
  readonly env?: Readonly<Record<string, string>>
  readonly limits?: RealtimeDeps['limits']
  readonly records?: ConferenceRecords
  readonly recordings?: MemoryRecordingJobs
  /** The real ones, in place of those in memory. */
  readonly jobs?: RecordingJobs
  readonly port?: number
  readonly sfu?: Sfu
  /** Real media nodes, with the gate in front of them. */
  readonly nodes?: readonly { readonly url: string }[]
  /** Takes its place among others over the same database. */
  readonly oneOfSeveral?: boolean
  /** What it takes itself to be; its own address when unset. */
  readonly publicUrl?: string
}

export const REALTIME_SECRET = 'a secret of the realtime tests, long enough'
const KINDS = { server: 'SERVER', local: 'LOCAL', device: 'DEVICE' } as const
const CLIENT = { device: 'Test', address: '127.0.0.1' }
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'

export const newCode = (): string =>
  `blue-fox-${[...randomBytes(26)].map((byte) => DIGITS[byte % 32]).join('')}`
