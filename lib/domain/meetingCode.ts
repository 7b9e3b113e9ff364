import { type MeetingCode, meetingCode } from '#lib/protocol/ids.ts'
import { ADJECTIVES, NOUNS } from './meetingWords.ts'

/** Crockford's base32: no i, l, o or u, so that a code read aloud or typed is not misread. */
const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz'
const DIGITS = 26

/** A byte picks evenly, because each list's length divides 256. */
const pick = (list: ArrayLike<string>, byte: number): string => list[byte % list.length] ?? ''

/**
 * The secret of a share link: two words to tell links apart, and 26 base32 digits (130 bits) that nobody guesses
 * (RM-1). The words are decoration; no strength is counted for them.
 * @param randomBytes a cryptographically secure source of `count` bytes
 */
export function createMeetingCode(randomBytes: (count: number) => Uint8Array): MeetingCode {
  const [first = 0, second = 0, ...rest] = randomBytes(DIGITS + 2)
  const digits = rest.map((byte) => pick(BASE32, byte)).join('')
  return meetingCode.parse(`${pick(ADJECTIVES, first)}-${pick(NOUNS, second)}-${digits}`)
}
