import net from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'

const DIAL_TIMEOUT_MS = 3_000
const KEEP_ALIVE_MS = 15_000

export type Peer = { readonly host: string; readonly port: number; readonly secure: boolean }

/** @returns null when nobody answers there in time */
export function dial({ host, port, secure }: Peer): Promise<net.Socket | null> {
  return new Promise((resolve) => {
    const options = { host, port, timeout: DIAL_TIMEOUT_MS }
    const upstream = secure ? tls.connect({ ...options, servername: host }) : net.connect(options)
    const fail = (): void => {
      upstream.destroy()
      resolve(null)
    }
    upstream.once('error', fail)
    upstream.once('timeout', fail)
    upstream.once(secure ? 'secureConnect' : 'connect', () => {
      upstream.removeListener('error', fail)
      upstream.removeListener('timeout', fail)
      upstream.setTimeout(0)
      resolve(upstream)
    })
  })
}

/** Bytes both ways, each side as fast as the other reads; the end of one is the end of both. */
export function relaySockets(client: Duplex, upstream: net.Socket, onUpstreamEnd: () => void): void {
  for (const socket of [client, upstream]) {
    if (socket instanceof net.Socket) socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS).setTimeout(0)
  }
  upstream.on('error', () => upstream.destroy())
  upstream.once('close', (failed) => {
    if (!client.destroyed) onUpstreamEnd()
    // After an orderly end the client still gets what was said last.
    if (!failed && client instanceof net.Socket) client.destroySoon()
    else client.destroy()
  })
  client.once('close', () => upstream.destroy())
  client.pipe(upstream)
  upstream.pipe(client)
}

/** An answer in the place of the upgrade that was asked for. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  if (socket.destroyed) return
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
