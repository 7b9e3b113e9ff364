import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/** Anything that says a proxy passed this request on: such a request did not come straight from its sender. */
const FORWARDING = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'forwarded',
  'via',
  'cf-connecting-ip',
  'true-client-ip',
]

/** An IPv4 address in IPv6 clothes is that IPv4 address. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

/**
 * The client's address (NX-8): the socket's, unless `trustedHops` proxies of ours stand in front; then the entry that
 * the outermost of them appended to X-Forwarded-For. Whatever a client wrote further left is not looked at, and other
 * headers that claim an address never are.
 */
export function clientAddress(
  socketAddress: string | undefined,
  headers: IncomingHttpHeaders,
  trustedHops: number,
): string {
  const direct = plain(socketAddress ?? 'unknown')
  if (trustedHops === 0) return direct
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => plain(part.trim()))
  const claimed = forwarded.at(-trustedHops)
  return claimed !== undefined && isIP(claimed) !== 0 ? claimed : direct
}

type Ends = { readonly remoteAddress?: string | undefined; readonly localAddress?: string | undefined }

/** Whether the request came from this machine itself (both ends have one address), through no proxy that says so. */
export function cameFromHere({ remoteAddress, localAddress }: Ends, headers: IncomingHttpHeaders): boolean {
  const same = remoteAddress !== undefined && remoteAddress === localAddress
  return same && FORWARDING.every((name) => headers[name] === undefined)
}

/** What limits count by: an IPv4 address, or an IPv6 customer's whole /64. */
export function addressBlock(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail = ''] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  const rest = address.includes('::') ? tail.split(':').filter(Boolean) : []
  while (groups.length + rest.length < 8) groups.push('0')
  return `${[...groups, ...rest].slice(0, 4).join(':')}::/64`
}
