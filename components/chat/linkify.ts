export type TextPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'link'; readonly text: string; readonly href: string }

const candidate = /\bhttps?:\/\/[^\s<>"'`{}|\\^]+/gi

/** Punctuation that ends a sentence, not an address; a closing bracket only when it was not opened in the address. */
function trimEnd(address: string): string {
  let end = address.length
  for (;;) {
    const last = address[end - 1]
    if (last === undefined) break
    const head = address.slice(0, end)
    const unopened = (open: string, close: string): boolean =>
      last === close && head.split(close).length > head.split(open).length
    if (/[.,;:!?*_~]/.test(last) || unopened('(', ')') || unopened('[', ']')) end -= 1
    else break
  }
  return address.slice(0, end)
}

/**
 * Splits a message into text and links. Only http and https become links, and only when the address parses without
 * user information: `https://bank.example@evil.example` stays text.
 */
export function linkify(message: string): TextPart[] {
  const parts: TextPart[] = []
  let done = 0
  for (const match of message.matchAll(candidate)) {
    const text = trimEnd(match[0])
    const url = URL.canParse(text) ? new URL(text) : null
    if (!url || url.username || url.password || !['http:', 'https:'].includes(url.protocol)) continue
    if (match.index > done) parts.push({ type: 'text', text: message.slice(done, match.index) })
    parts.push({ type: 'link', text, href: url.href })
    done = match.index + text.length
  }
  if (done < message.length) parts.push({ type: 'text', text: message.slice(done) })
  return parts
}
