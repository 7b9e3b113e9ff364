/** What no file name may hold: what nobody sees, what turns text around (U+202E), path separators, Windows' own. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}/\\:*?"<>|%]/gu

/** A person's words as part of a file's name: visible, one line, no path, no hidden file. Perhaps nothing. */
export function namePart(words: string, longest: number): string {
  const visible = words.normalize('NFC').replace(UNSAFE, ' ').replace(/\s+/gu, ' ')
  const cut = [...visible.replace(/^[. ]+/, '')].slice(0, longest).join('')
  return cut.replace(/[. ]+$/, '')
}

/**
 * RFC 6266 §4 and its appendix D: the name in ASCII for old readers, then in UTF-8 (RFC 8187). Neither can hold a
 * quote, a line break or anything else that would end the parameter (K48).
 */
export function contentDisposition(type: 'inline' | 'attachment', name: string): string {
  const ascii = name.replace(/[^A-Za-z0-9 ._()-]/g, '_')
  const encoded = encodeURIComponent(name.replace(/\p{Cs}/gu, '_')).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${type}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
