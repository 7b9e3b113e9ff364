/** What a connection says in its address (`?m=`) of the meeting it means. */
export const ROUTING_PARAMETER = 'm'

const ROUTING_KEY = /^[0-9a-f]{12}$/

/**
 * A short name of a meeting code, for whoever passes connections on: 48 bits of the code's 130, which open nothing and
 * may stand in a proxy's log. Two meetings with one name are only served by one and the same server. Not a cryptographic
 * hash: pages without a secure context have none that answers at once.
 */
export function routingKeyOf(code: string): string {
  let [high, low] = [0xdeadbeef, 0x41c6ce57]
  for (let at = 0; at < code.length; at += 1) {
    const unit = code.charCodeAt(at)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  const mixed = (one: number, other: number): number =>
    Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909)
  const hex = (bits: number, digits: number): string =>
    (bits >>> 0).toString(16).padStart(8, '0').slice(-digits)
  return hex(mixed(high, low), 4) + hex(mixed(low, high), 8)
}

/** The routing key in a request's query; null when there is none that could be one. */
export function readRoutingKey(url: string | undefined): string | null {
  const query = url?.split('?', 2)[1]
  const key = query === undefined ? null : new URLSearchParams(query).get(ROUTING_PARAMETER)
  return key !== null && ROUTING_KEY.test(key) ? key : null
}
