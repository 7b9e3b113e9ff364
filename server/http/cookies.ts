/** Cookie values of ours are base64url, dots and percent-escapes: nothing here needs quoting (RFC 6265 §4.1.1). */

/**
 * One cookie's raw value out of a Cookie header. The first of several with one name counts, as in browsers' own order.
 * Kept free of splitting and decoding: it runs on every request and handshake.
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined
  const wanted = `${name}=`
  for (let start = 0; start < header.length; ) {
    let end = header.indexOf(';', start)
    if (end === -1) end = header.length
    while (header.charCodeAt(start) === 32) start += 1
    if (header.startsWith(wanted, start)) return header.slice(start + wanted.length, end).trimEnd()
    start = end + 1
  }
  return undefined
}

/** All cookies in the header, by name; the first of several with one name counts. */
export function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  for (const part of header?.split(';') ?? []) {
    const equals = part.indexOf('=')
    if (equals === -1) continue
    const name = part.slice(0, equals).trim()
    if (!cookies.has(name)) cookies.set(name, part.slice(equals + 1).trim())
  }
  return cookies
}

/** The header with one cookie's value replaced, wherever it stood. */
export function replaceCookie(header: string, name: string, value: string): string {
  const parts = header.split(';').map((part) => part.trim())
  return parts.map((part) => (part.startsWith(`${name}=`) ? `${name}=${value}` : part)).join('; ')
}

export type CookieOptions = { readonly secure: boolean; readonly expires?: Date }

/** A Set-Cookie header for one of our own cookies: HttpOnly, Lax, the whole host. */
export function setCookie(name: string, value: string, { secure, expires }: CookieOptions): string {
  const parts = [`${name}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax']
  if (secure) parts.push('Secure')
  if (expires) parts.push(`Expires=${expires.toUTCString()}`)
  return parts.join('; ')
}
