import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import type { ConferenceId, InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import { loadEnv } from '#server/env.ts'
import { createHttpHandler } from '#server/http/createHttpHandler.ts'
import { createUpgradeDispatcher } from '#server/http/createUpgradeDispatcher.ts'
import { createSfu, type SfuService } from '#server/sfu/createSfu.ts'
import type { SfuGate } from '#server/sfu/createSfuGate.ts'
import { WEBHOOK_PATH } from '#server/sfu/paths.ts'
import type { RoomLoss, SfuGuard, SfuIdentity, SfuPermit, SfuRoom, SfuSource } from '#server/sfu/Sfu.ts'
import { TEST_KEYS } from './livekitNode.ts'
import { SignalClient, type SignalOptions } from './SignalClient.ts'

export const newRoom = (epoch = 1): SfuRoom => ({ conferenceId: randomUUID() as ConferenceId, epoch })
export const newPage = (): SfuIdentity => ({
  participantId: randomUUID() as ParticipantId,
  instanceId: randomUUID() as InstanceId,
})

export const ALL_SOURCES: readonly SfuSource[] = ['microphone', 'camera', 'screen']

/** Lets in whom a test has named, and nobody else. */
export class ListGuard implements SfuGuard {
  readonly #allowed = new Map<string, readonly SfuSource[]>()
  /** Set by a test whose guard cannot answer. */
  failure: Error | null = null
  readonly #asked = new Set<string>()

  allow(room: SfuRoom, identity: SfuIdentity, sources = ALL_SOURCES): void {
    this.#allowed.set(JSON.stringify([room, identity]), sources)
  }

  forbid(room: SfuRoom, identity: SfuIdentity): void {
    this.#allowed.delete(JSON.stringify([room, identity]))
  }

  wasAskedAbout(identity: SfuIdentity): boolean {
    return this.#asked.has(identity.instanceId)
  }

  async permits(room: SfuRoom, identity: SfuIdentity): Promise<SfuPermit | null> {
    this.#asked.add(identity.instanceId)
    if (this.failure) throw this.failure
    const sources = this.#allowed.get(JSON.stringify([room, identity]))
    return sources ? { sources } : null
  }
}

/** Parley's own HTTP server with the gate in front of given nodes, and a guard that the test decides by. */
export class SfuServer {
  readonly origin: string
  readonly service: SfuService
  readonly guard = new ListGuard()
  readonly gate: SfuGate
  readonly lost: SfuRoom[] = []
  /** What became of the media in each of them. */
  readonly losses: RoomLoss[] = []
  readonly logLines: string[] = []
  /** Genuine ones that have come. */
  webhooks = 0
  readonly #server: Server
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'parley-sfu-'))
  readonly #clients: SignalClient[] = []
  readonly #door: { close(): Promise<unknown> } | null

  private constructor(
    server: Server,
    nodes: readonly string[],
    env: Readonly<Record<string, string>>,
    door: { close(): Promise<unknown> } | null,
  ) {
    this.#server = server
    this.#door = door
    const { port } = server.address() as AddressInfo
    this.origin = `http://localhost:${port}`
    const log = pino({ level: 'trace' }, { write: (line) => void this.logLines.push(line) })
    const AUTH_SECRET = 'a secret of the SFU tests, long enough'
    const given = loadEnv({
      PORT: String(port),
      PARLEY_DATA_DIR: this.#folder,
      LIVEKIT_URL: nodes.join(' '),
      LIVEKIT_API_KEY: TEST_KEYS.key,
      LIVEKIT_API_SECRET: TEST_KEYS.secret,
      ...env,
    })
    const complete = { ...given, AUTH_SECRET, PUBLIC_URL: this.origin }
    this.service = createSfu({ root: process.cwd(), env: complete, tls: false, log })
    this.gate = this.service.open(this.guard)
    this.service.port.onRoomLost((room, loss) => {
      this.lost.push(room)
      this.losses.push(loss)
    })
    createUpgradeDispatcher(
      server,
      { '/socket.io/': (_, socket) => socket.destroy(), '/sfu/': this.gate.handleUpgrade, next: null },
      complete,
    )
    const sessions = { renew: async () => null }
    server.on(
      'request',
      createHttpHandler((request, response) => this.#route(request.url, request, response), {
        env: complete,
        sessions,
        pingDatabase: async () => null,
        log,
        sfu: this.gate.handleRequest,
      }),
    )
  }

  /** Of the node that runs as this process. */
  nameOf(instance: string | undefined): string | undefined {
    return this.service.report.nodes.find((node) => node.instance === instance)?.name
  }

  static async start(
    nodes: readonly { readonly url: string }[],
    env: Readonly<Record<string, string>> = {},
    /** Closed with the server. */
    door: { close(): Promise<unknown> } | null = null,
  ): Promise<SfuServer> {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const started = new SfuServer(
      server,
      nodes.map(({ url }) => url),
      env,
      door,
    )
    await started.until('a media server', () => started.service.port.status.state === 'available')
    return started
  }

  get port() {
    return this.service.port
  }

  get webSocket(): string {
    return `${this.origin.replace('http', 'ws')}/sfu`
  }

  /** Through the gate, from a page of our own. */
  connect(token: string, options: SignalOptions = {}): SignalClient {
    return this.track(new SignalClient(this.webSocket, token, { origin: this.origin, ...options }))
  }

  track(client: SignalClient): SignalClient {
    this.#clients.push(client)
    return client
  }

  /** Somebody whom the guard knows, in an open room, connected and joined. */
  async join(room: SfuRoom, identity = newPage(), sources = ALL_SOURCES) {
    this.guard.allow(room, identity, sources)
    const { token } = await this.port.access(room, identity, sources)
    const client = this.connect(token)
    await client.next('join')
    return { identity, token, client }
  }

  async until(what: string, holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
    const deadline = Date.now() + ms
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.service.close()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
    await this.#door?.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** What app/api/sfu/webhook does, without Next. */
  async #route(
    ...[url, request, response]: [string | undefined, ...Parameters<Parameters<typeof createHttpHandler>[0]>]
  ) {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const body = Buffer.concat(chunks).toString('utf8')
    const genuine =
      url === WEBHOOK_PATH && (await this.service.receiveWebhook(body, request.headers.authorization))
    if (genuine) this.webhooks += 1
    response.writeHead(genuine ? 204 : 404).end()
  }
}
