/** A backslash, a control character or a space: URL parsers fold these into something else (SE-12). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const TRICKY = /[\\\u0000-\u0020\u007f]/

/**
 * Where to go after signing in: `url` when it leads to this site, else the site's start (K34).
 * @param url a path or an absolute address, from whoever wrote the link
 * @param baseUrl our own origin
 * @returns an absolute address on our own origin, always
 */
export function safeRedirect(url: string, baseUrl: string): string {
  const own = new URL(baseUrl).origin
  if (TRICKY.test(url) || url.length > 2048) return own
  const isPath = url.startsWith('/') && !url.startsWith('//')
  if (!isPath && !url.startsWith(`${own}/`) && url !== own) return own
  try {
    const target = new URL(url, own)
    return target.origin === own && target.username === '' && target.password === '' ? target.href : own
  } catch {
    return own
  }
}
