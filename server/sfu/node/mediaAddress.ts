import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import os from 'node:os'

/**
 * Where browsers send their media. `loopback`: only browsers of this machine come at all. `own`: an address of this
 * machine. `mapped`: an address that a router or a cloud maps to this machine, port by port.
 */
export type MediaAddress =
  | { readonly kind: 'loopback' }
  | { readonly kind: 'own'; readonly ip: string }
  | { readonly kind: 'mapped'; readonly ip: string }

const isLoopback = (address: string): boolean =>
  address === 'localhost' || /^127\./.test(address) || address === '::1'

/**
 * The address that is named, or to which a name leads, else this machine's first.
 *
 * @param named an address or a host's name; null for a machine whose own name nobody uses
 */
export async function findMediaAddress(named: string | null): Promise<MediaAddress> {
  const host = named?.replace(/^\[|\]$/g, '') ?? null
  if (host !== null && isLoopback(host)) return { kind: 'loopback' }
  const found = host === null ? [] : isIP(host) !== 0 ? [host] : await addressesOf(host)
  // A machine's own name often leads to 127.0.1.1 on itself; that is not where others get.
  const leads = found.filter((address) => !isLoopback(address))
  const own = ownAddresses()
  const here = leads.find((address) => own.includes(address))
  if (here !== undefined) return { kind: 'own', ip: here }
  const [first] = leads
  if (first !== undefined) return { kind: 'mapped', ip: first }
  const [any] = own
  return any === undefined ? { kind: 'loopback' } : { kind: 'own', ip: any }
}

async function addressesOf(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true, order: 'ipv4first' }).catch(() => [])
  return found.map(({ address }) => address)
}

/** IPv4 first: it is what every browser can reach. */
function ownAddresses(): string[] {
  const all = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const usable = all.filter(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address))
  return [
    ...usable.filter(({ family }) => family === 'IPv4'),
    ...usable.filter(({ family }) => family === 'IPv6'),
  ].map(({ address }) => address)
}
