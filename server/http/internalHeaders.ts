/**
 * Headers by which the HTTP pipeline tells route handlers what it found out about the connection. Whatever a client
 * sends under this prefix is removed before they are set.
 */
export const ADDRESS_HEADER = 'x-parley-address'
/** `1` when the request came straight from this machine, through no proxy. */
export const LOCAL_HEADER = 'x-parley-local'

type Readable = Pick<Headers, 'get'>

export const addressOf = (headers: Readable): string => headers.get(ADDRESS_HEADER) ?? 'unknown'
export const isLocal = (headers: Readable): boolean => headers.get(LOCAL_HEADER) === '1'
