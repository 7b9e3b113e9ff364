/** An encoded slash, backslash or NUL, a raw backslash, two slashes in a row or a dot segment: readers disagree on these. */
const AMBIGUOUS = /%2f|%5c|%00|%0[ad]|\\|\/\/|\/\.{1,2}(\/|$)|\/%2e/i

const MAX_LENGTH = 4096
/** livekit-client describes its tracks in the query. */
const MAX_SFU_LENGTH = 12_288

export type Target = { readonly path: string }

/**
 * The path of a request in origin form, or null when it is not to be answered: absolute form (it made Next fetch
 * elsewhere, CVE-2026-44578), or a path that two readers could take for two different ones (NX-3).
 */
export function requestTarget(url: string | undefined): Target | null {
  const limit = url?.startsWith('/sfu/') ? MAX_SFU_LENGTH : MAX_LENGTH
  if (url === undefined || !url.startsWith('/') || url.length > limit) return null
  const [path = '/'] = url.split(/[?#]/, 1)
  if (AMBIGUOUS.test(path)) return null
  try {
    decodeURIComponent(path)
  } catch {
    return null
  }
  return { path }
}
