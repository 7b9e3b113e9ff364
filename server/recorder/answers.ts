import http from 'node:http'
import https from 'node:https'
import type { TLSSocket } from 'node:tls'
import { keyDigest } from '#server/boot/keyDigest.ts'

export type Address = {
  readonly origin: string
  /** Where the origin really is, when its name does not lead there from here: `host:port`. */
  readonly reach: string | null
  /** Of our own certificate: the SHA-256 of its public key, base64. Null for one that an authority has signed. */
  readonly ownKey: string | null
}

const TIMEOUT_MS = 3_000

/** Whether the server answers, over the way that our browsers take, and as the one that it says it is. */
export function answers({ origin, reach, ownKey }: Address): Promise<boolean> {
  const { protocol, host, hostname } = new URL(origin)
  const there = new URL('/api/health', reach === null ? origin : `${protocol}//${reach}`)
  // An IP address is nobody's server name (RFC 6066 §3).
  const servername = /^[\d.]+$|:/.test(hostname) ? '' : hostname
  const options = {
    method: 'HEAD',
    headers: { host },
    timeout: TIMEOUT_MS,
    agent: false,
    ...(protocol === 'https:' ? { servername, rejectUnauthorized: ownKey === null } : {}),
  } as const
  return new Promise((resolve) => {
    const request = (protocol === 'https:' ? https : http).request(there, options, (response) => {
      response.resume()
      const known = ownKey === null || keyOf(response.socket as TLSSocket) === ownKey
      resolve(known && response.statusCode === 200)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
    request.on('close', () => resolve(false))
    request.end()
  })
}

function keyOf(socket: TLSSocket): string | null {
  const certificate = socket.getPeerX509Certificate?.()
  return certificate === undefined ? null : keyDigest(certificate)
}
