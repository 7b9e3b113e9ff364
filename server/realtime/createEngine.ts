import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { Server as Engine, type Socket as EngineSocket } from 'engine.io'
import type { Env } from '#server/env.ts'
import { addressBlock, clientAddress } from '#server/http/clientAddress.ts'
import { hostPolicy } from '#server/http/hostPolicy.ts'
import { KeyedBuckets } from './KeyedBuckets.ts'
import type { RealtimeLimits } from './limits.ts'

/** What is kept of the upgrade request until the handshake is over; the request itself is let go. */
export type Origins = { readonly cookie: string | undefined; readonly address: string }

export type EngineParts = {
  readonly engine: Engine
  readonly handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Cookies and address of a new connection. */
  readonly originsOf: (conn: object) => Origins | undefined
}

const MAX_FRAME_BYTES = 64 * 1024

/**
 * Engine.IO for WebSocket alone: no polling, no compression, no version 3. It listens to no server: the one upgrade
 * dispatcher hands requests in (WS-16).
 */
export function createEngine(
  env: Pick<Env, 'TRUSTED_PROXY_HOPS'> & { readonly PUBLIC_URL: string },
  limits: RealtimeLimits,
  /** Known better than by the connection itself, when another process has passed it on. */
  knownAddress: (request: IncomingMessage) => string | undefined,
): EngineParts {
  const policy = hostPolicy(env.PUBLIC_URL)
  const perAddress = new Map<string, number>()
  const newConnections = new KeyedBuckets(limits.connections)
  const origins = new WeakMap<object, Origins>()

  const addressOf = (request: IncomingMessage): string => {
    const { socket, headers } = request
    const known = knownAddress(request)
    return addressBlock(known ?? clientAddress(socket.remoteAddress, headers, env.TRUSTED_PROXY_HOPS))
  }

  /** Null, or why not. CORS does not protect WebSockets: the Origin is compared here, exactly (WS-1). */
  function refusal(request: IncomingMessage): string | null {
    if (!policy.isOwnOrigin(request.headers.origin)) return 'this origin is not allowed'
    const address = addressOf(request)
    const tooMany = (perAddress.get(address) ?? 0) >= limits.socketsPerAddress
    return tooMany || newConnections.take(address, performance.now()) > 0 ? 'too many connections' : null
  }

  const engine = new Engine({
    transports: ['websocket'],
    allowEIO3: false,
    allowUpgrades: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: MAX_FRAME_BYTES,
    pingInterval: 5_000,
    pingTimeout: 5_000,
    allowRequest: (request, answer) => {
      const why = refusal(request)
      answer(why, why === null)
    },
  })

  engine.on('connection', (conn: EngineSocket) => {
    const { request } = conn
    const address = addressOf(request)
    origins.set(conn, { cookie: request.headers.cookie, address })
    // Some 3 kB per idle socket (socket.io: "memory usage"). Nothing reads it after this.
    Object.assign(conn, { request: null })
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1)
    conn.once('close', () => {
      const left = (perAddress.get(address) ?? 1) - 1
      if (left > 0) perAddress.set(address, left)
      else perAddress.delete(address)
    })
  })

  return {
    engine,
    originsOf: (conn) => origins.get(conn),
    handleUpgrade(request, socket, head) {
      if (!isNewConnection(request.url)) {
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
        return
      }
      engine.handleUpgrade(request as Parameters<Engine['handleUpgrade']>[0], socket, head)
    },
  }
}

/**
 * Engine.IO 4 over WebSocket, and nothing to attach to: `sid` would join this request to a connection that exists, for
 * which there is no reason with one transport (K37).
 */
function isNewConnection(url: string | undefined): boolean {
  if (!url?.startsWith('/socket.io/')) return false
  try {
    const { searchParams } = new URL(url, 'http://parley.invalid')
    return (
      searchParams.get('EIO') === '4' &&
      searchParams.get('transport') === 'websocket' &&
      !searchParams.has('sid')
    )
  } catch {
    return false
  }
}
