/**
 * Where to go after signing in: a path of this site, or `fallback` for anything that could lead elsewhere
 * (`//evil.example`, `/\evil.example`, `javascript:…`, a control character in between).
 */
export function safeReturnPath(next: string | null | undefined, fallback = '/meetings'): string {
  if (!next?.startsWith('/')) return fallback
  const base = 'http://parley.invalid'
  if (!URL.canParse(next, base)) return fallback
  const url = new URL(next, base)
  // The path as a browser reads it: what would be another host there is another origin here.
  return url.origin === base && !url.pathname.startsWith('//')
    ? `${url.pathname}${url.search}${url.hash}`
    : fallback
}
