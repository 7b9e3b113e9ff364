/** Which bytes of a representation are asked for. `start` and `end` are both included. */
export type RangeAnswer =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' }

const WHOLE: RangeAnswer = { kind: 'whole' }
const UNSATISFIABLE: RangeAnswer = { kind: 'unsatisfiable' }
const BYTE_RANGE = /^bytes=(\d*)-(\d*)$/i

/**
 * RFC 9110 §14.2: one range of bytes. A header that is no such thing, or asks for several, is ignored, which the
 * section allows and which costs a client no more than the whole; a range that begins behind the end is 416.
 *
 * @param size of the whole, in bytes
 */
export function parseRange(header: string | undefined, size: number): RangeAnswer {
  const parts = header === undefined ? null : BYTE_RANGE.exec(header.replace(/[ \t]+/g, ''))
  if (!parts) return WHOLE
  const [, first = '', last = ''] = parts
  if (first === '' && last === '') return WHOLE
  if (first === '') return suffix(Number(last), size)
  const start = Number(first)
  const end = last === '' ? size - 1 : Number(last)
  // §14.1.1: a last position before the first makes the header invalid, not unsatisfiable.
  if (last !== '' && end < start) return WHOLE
  if (start >= size) return UNSATISFIABLE
  return { kind: 'part', start, end: Math.min(end, size - 1) }
}

/** The last `length` bytes. */
function suffix(length: number, size: number): RangeAnswer {
  if (length === 0 || size === 0) return UNSATISFIABLE
  return { kind: 'part', start: Math.max(0, size - length), end: size - 1 }
}

/**
 * RFC 9110 §13.1.5: with If-Range the range holds only for exactly this representation, by strong comparison. We give
 * no dates, so a date never fits.
 */
export const rangeHolds = (ifRange: string | undefined, etag: string): boolean =>
  ifRange === undefined || ifRange.trim() === etag
