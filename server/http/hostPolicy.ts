import { networkInterfaces } from 'node:os'

export type HostPolicy = {
  /** Whether our own name is one of this machine or its local network, behind which no proxy is expected. */
  readonly isLocal: boolean
  /** Whether a Host header names this server. */
  isOwnHost(host: string | undefined): boolean
  /** Whether an Origin header is one of this server's own. `null` and junk are not. */
  isOwnOrigin(origin: string | undefined): boolean
  /** Whether a Host header names this machine itself, whatever the port: for health checks only. */
  isLoopbackHost(host: string | undefined): boolean
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const PRIVATE_ADDRESS = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cd])/
/** A host name or address with an optional port, and nothing that a URL parser could read otherwise. */
const HOST = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i

/** This machine's own addresses, for a phone on the same network. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ family, address }) => (family === 'IPv6' ? `[${address}]` : address)),
  )
}

/**
 * Who we are by name (SE-11). PUBLIC_URL's host and no other; when PUBLIC_URL is a loopback name, the other loopback
 * names with its port as well, and when it is an address of this machine or of a local network (`--lan`), all addresses
 * of this machine.
 */
export function hostPolicy(publicUrl: string): HostPolicy {
  const { protocol, hostname, port } = new URL(publicUrl)
  const loopback = LOOPBACK.has(hostname)
  const lan = PRIVATE_ADDRESS.test(hostname)
  const own = ownAddresses()
  // Some local networks have public addresses.
  const byAddress = lan || own.includes(hostname)
  const names = new Set([hostname])
  if (loopback || byAddress) for (const name of LOOPBACK) names.add(name)
  if (byAddress) for (const address of own) names.add(address)
  const suffix = port === '' ? '' : `:${port}`
  const hosts = new Set([...names].map((name) => `${name}${suffix}`))
  const origins = new Set([...hosts].map((host) => `${protocol}//${host}`))
  return {
    isLocal: loopback || lan,
    isOwnHost: (host) => host !== undefined && hosts.has(host.toLowerCase()),
    isOwnOrigin: (origin) => origin !== undefined && origins.has(origin),
    isLoopbackHost: (host) =>
      host !== undefined && HOST.test(host) && LOOPBACK.has(host.toLowerCase().replace(/:\d+$/, '')),
  }
}
