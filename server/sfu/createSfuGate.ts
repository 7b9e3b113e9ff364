import type { IncomingMessage, ServerResponse } from 'node:http'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { hostPolicy } from '#server/http/hostPolicy.ts'
import { dial, refuseUpgrade, relaySockets } from '#server/http/relaySockets.ts'
import type { Log } from '#server/log.ts'
import { parseGateRequest, upstreamHead } from './gateRequest.ts'
import type { Put } from './LiveKitSfu.ts'
import { type OpenGate, OpenGates } from './OpenGates.ts'
import type { SfuGuard, SfuRoom } from './Sfu.ts'
import type { SfuNode } from './SfuNode.ts'
import type { SfuPass, SfuTokens } from './SfuTokens.ts'

export type GateDeps = {
  readonly publicUrl: string
  readonly tokens: SfuTokens
  readonly guard: SfuGuard
  readonly log: Log
  /** The node that holds a room; null when none does. */
  readonly findNode: (pass: SfuPass) => Promise<SfuNode | null>
  /** Whether a node takes somebody in at present. */
  readonly letsIn: (node: SfuNode) => boolean
  /** Passes the connection on to the process that answers for its meeting. @returns false when that is this one */
  readonly passOn?: (
    pass: SfuPass,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ) => Promise<boolean>
  /** Called when a node ended a connection, which it also does by dying. */
  readonly onUpstreamClosed: (node: SfuNode) => void
}

export interface SfuGate {
  /** For the upgrade dispatcher: everything below `/sfu/`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** For the HTTP pipeline: livekit-client asks why a connection failed. @returns false when it is not for the gate */
  handleRequest(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  putOut(out: Put): void
  readonly open: number
  /** Who has been connected to this room for at least so long, by name at LiveKit. */
  connected(room: SfuRoom, ms: number): readonly string[]
  close(): void
}

type Refusal = { readonly status: number; readonly reason: string }
type Admitted = { readonly pass: SfuPass; readonly target: string }

const BAD: Refusal = { status: 404, reason: 'Not Found' }
const UNAUTHORIZED: Refusal = { status: 401, reason: 'Unauthorized' }
const AWAY: Refusal = { status: 503, reason: 'Service Unavailable' }
const GOODBYE_MS = 250
const lineOf = ({ status, reason }: Refusal): string => `${status} ${reason}`
/** How long somebody may wait between guard and node until they are connected. */
const HANDSHAKE_TIMEOUT_MS = 15_000

/**
 * The only way to LiveKit's signalling, which hands out the credentials for media: LiveKit itself lets whom it has
 * removed come back with the token it refreshed for them. Every join, resume and restart comes through here; the
 * token is read, the guard is asked, and from then on bytes pass as they are. No token reaches a log.
 */
export function createSfuGate(deps: GateDeps): SfuGate {
  const hosts = hostPolicy(deps.publicUrl)
  const gates = new OpenGates()

  async function refusalFor(pass: SfuPass): Promise<Refusal | null> {
    try {
      const permit = await deps.guard.permits(pass.room, pass.identity)
      // LiveKit goes by what the token says: one from before something was forbidden would bring it back (SFU-19).
      const held = permit !== null && pass.sources.every((source) => permit.sources.includes(source))
      return held ? null : UNAUTHORIZED
    } catch (error) {
      // Doubt is refusal, and no word against the token: the client tries again with it.
      deps.log.warn({ err: error }, 'the guard could not answer the gate')
      return AWAY
    }
  }

  async function read(request: IncomingMessage, kind: 'connect' | 'validate'): Promise<Admitted | Refusal> {
    const asked = parseGateRequest(request.url)
    if (asked?.kind !== kind) return BAD
    const pass = await deps.tokens.verify(asked.token)
    return pass ? { pass, target: asked.target } : UNAUTHORIZED
  }

  async function connect(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<Refusal | null> {
    // CORS does not protect WebSockets (WS-1). The Host was compared by the dispatcher.
    if (!hosts.isOwnOrigin(request.headers.origin)) return { status: 403, reason: 'Forbidden' }
    const known = await read(request, 'connect')
    if ('status' in known) return known
    if (socket.destroyed) return null
    if (await deps.passOn?.(known.pass, request, socket, head)) return null
    if (socket.destroyed) return null
    // Entered first: whoever is removed while the guard or the node answers is put out all the same.
    const gate: OpenGate = { pass: known.pass, socket, end: () => void socket.destroy(), since: null }
    gates.add(gate)
    const refusal = await refusalFor(known.pass)
    if (refusal) return refusal
    const node = await deps.findNode(known.pass)
    if (!node || !deps.letsIn(node)) return AWAY
    if (socket.destroyed) return null
    const upstream = await dial(node.address)
    if (!upstream) {
      deps.onUpstreamClosed(node)
      return AWAY
    }
    if (socket.destroyed) {
      upstream.destroy()
      return null
    }
    upstream.write(upstreamHead(request, known.target, node.name))
    if (head.length > 0) upstream.write(head)
    relaySockets(socket, upstream, () => deps.onUpstreamClosed(node))
    gate.end = () => goodbye(socket, upstream)
    // LiveKit says nothing on it, not even that it is a WebSocket, before it has let them in.
    upstream.once('data', () => {
      gate.since = performance.now()
    })
    return null
  }

  return {
    handleUpgrade(request, socket, head) {
      // Closed by whoever is put out, or by a peer that resets: no error of ours.
      socket.on('error', () => socket.destroy())
      if (socket instanceof net.Socket) socket.setTimeout(HANDSHAKE_TIMEOUT_MS, () => socket.destroy())
      connect(request, socket, head)
        .then((refusal) => {
          if (refusal) refuseUpgrade(socket, lineOf(refusal))
        })
        .catch((error: unknown) => {
          deps.log.error({ err: error }, 'the gate failed')
          refuseUpgrade(socket, lineOf(AWAY))
        })
    },

    async handleRequest(request, response) {
      const path = request.url?.split('?', 1)[0] ?? ''
      if (!path.startsWith('/sfu/')) return false
      const known = request.method === 'GET' ? await read(request, 'validate') : BAD
      const refusal = 'status' in known ? known : await refusalFor(known.pass)
      // The client only wants to know whether its token is to blame. LiveKit itself need not be asked.
      response.writeHead(refusal?.status ?? 200, {
        'Content-Type': 'text/plain',
        'Cache-Control': 'no-store',
      })
      response.end(refusal?.reason ?? 'success')
      return true
    },

    putOut: (out) => gates.close(out),
    get open() {
      return gates.size
    },
    connected: (room, ms) => gates.connected(room, ms),
    close: () => gates.closeAll(),
  }
}

/** Nothing more is heard from the client; LiveKit has a moment to say why, which it does when it removes somebody. */
function goodbye(client: Duplex, upstream: net.Socket): void {
  client.unpipe(upstream)
  client.resume()
  setTimeout(() => client.destroy(), GOODBYE_MS).unref()
}
