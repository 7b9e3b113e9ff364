import { randomBytes } from 'node:crypto'
import { createMeetingCode } from '#lib/domain/meetingCode.ts'
import { ADJECTIVES, NOUNS } from '#lib/domain/meetingWords.ts'
import { meetingCode } from '#lib/protocol/ids.ts'

describe('createMeetingCode', () => {
  it('[MEET-1] makes codes that the wire accepts, none of them twice', () => {
    const codes = Array.from({ length: 2_000 }, () => createMeetingCode(randomBytes))
    for (const code of codes) expect(meetingCode.safeParse(code).success).toBe(true)
    expect(new Set(codes.map((code) => code.split('-')[2])).size).toBe(codes.length)
  })

  it('[MEET-1] spends 130 bits: each digit alone takes all 32 values, evenly', () => {
    for (const position of [0, 12, 25]) {
      const seen = Array.from({ length: 256 }, (_, byte) => {
        const bytes = new Uint8Array(28)
        bytes[position + 2] = byte
        return createMeetingCode(() => bytes).split('-')[2]?.[position]
      })
      const counts = new Map<string | undefined, number>()
      for (const digit of seen) counts.set(digit, (counts.get(digit) ?? 0) + 1)
      expect(counts.size).toBe(32)
      for (const count of counts.values()) expect(count).toBe(8)
    }
  })

  it('[MEET-1] picks words evenly: each list divides 256 and repeats none', () => {
    for (const list of [ADJECTIVES, NOUNS]) {
      expect(new Set(list).size).toBe(list.length)
      expect(256 % list.length).toBe(0)
      for (const word of list) expect(word).toMatch(/^[a-z]{3,9}$/)
    }
  })
})
