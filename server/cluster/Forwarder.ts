import type { IncomingMessage } from 'node:http'
import type net from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { dial, refuseUpgrade, relaySockets } from '#server/http/relaySockets.ts'
import type { Log } from '#server/log.ts'
import type { Holder } from './leaseRows.ts'
import { PASSPORT_HEADER, type Passports } from './passport.ts'

/** How long a connection waits for a holder that is alive and takes no connection: it is dying, or starting. */
const PATIENCE_MS = 1_500
const LOOK_EVERY_MS = 50

export type Upgrade = {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  /** Of the client, as this process sees it. */
  readonly address: string
}

/**
 * Passes a connection on to the process that answers for its meeting: the handshake as it came and a passport, then
 * bytes both ways. What the connection says is the holder's to judge, with its own limits.
 */
export class Forwarder {
  readonly #passports: Passports
  readonly #log: Log
  readonly #relayed = new Set<Duplex>()

  constructor(passports: Passports, log: Log) {
    this.#passports = passports
    this.#log = log
  }

  /** Connections that go through here to another process. */
  get size(): number {
    return this.#relayed.size
  }

  /**
   * @param find the holder as it is written down now, or null when it is this process or nobody who lives
   * @returns false when nobody else holds it: then it is for this process
   */
  async pass(upgrade: Upgrade, find: () => Promise<Holder | null>): Promise<boolean> {
    const { socket } = upgrade
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      const holder = await find()
      if (holder === null || socket.destroyed) return holder !== null
      const upstream = await dial(peerOf(holder.url))
      if (upstream) {
        this.#relay(upgrade, upstream, holder)
        return true
      }
      // Alive by its lock, and nobody there: in a moment one or the other is over.
      if (performance.now() > deadline) {
        this.#log.warn({ holder: holder.processId, url: holder.url }, 'another process could not be reached')
        refuseUpgrade(socket, '503 Service Unavailable')
        return true
      }
      await sleep(LOOK_EVERY_MS)
    }
  }

  /** Ends them: the clients come back by another way. */
  close(): void {
    for (const socket of this.#relayed) socket.destroy()
  }

  #relay({ request, socket, head, address }: Upgrade, upstream: net.Socket, holder: Holder): void {
    if (socket.destroyed) {
      upstream.destroy()
      return
    }
    this.#relayed.add(socket)
    socket.once('close', () => this.#relayed.delete(socket))
    upstream.write(handshakeOf(request, this.#passports.write(request, address, holder.processId)))
    if (head.length > 0) upstream.write(head)
    relaySockets(socket, upstream, () => undefined)
  }
}

/** The request as it came, with our own word about it. Node has parsed it: no line break is left in any value. */
function handshakeOf({ method, url, rawHeaders }: IncomingMessage, passport: string): string {
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  lines.push(`${PASSPORT_HEADER}: ${passport}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

function peerOf(url: string): { host: string; port: number; secure: boolean } {
  const { protocol, hostname, port } = new URL(url)
  const secure = protocol === 'https:'
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (secure ? 443 : 80)), secure }
}
