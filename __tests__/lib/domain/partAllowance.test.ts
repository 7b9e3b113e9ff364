import { partAllowance } from '#lib/domain/partAllowance.ts'
import { MAX_CHUNK_BYTES } from '#lib/protocol/recordings.ts'

const HOUR_MS = 3_600_000
const MB = 1e6

test.each([
  // At its beginning, and by a clock that is off: two of the largest chunks.
  ['microphone', 0, 2 * MAX_CHUNK_BYTES],
  ['composed', -5_000, 2 * MAX_CHUNK_BYTES],
  ['microphone', 10_000, 2 * MAX_CHUNK_BYTES + 3 * 240_000],
  ['camera', 10_000, 2 * MAX_CHUNK_BYTES + 3 * 7_740_000],
  ['screen', 10_000, 2 * MAX_CHUNK_BYTES + 3 * 7_740_000],
] as const)('[REC-162] of a %s recorded for %d ms there are at most %d bytes', (source, ms, bytes) => {
  expect(partAllowance(source, ms)).toBe(bytes)
})

test.each([
  // What we record an hour of each with, and the 8 MiB a second that the wire alone would let through.
  ['microphone', 86 * MB],
  ['camera', 2_786 * MB],
  ['composed', 2_124 * MB],
] as const)('[REC-162] an hour of a %s fits twice, and not six times', (source, hour) => {
  expect(partAllowance(source, HOUR_MS)).toBeGreaterThan(2 * hour)
  expect(partAllowance(source, HOUR_MS)).toBeLessThan(6 * hour)
  expect(partAllowance(source, HOUR_MS)).toBeLessThan((3_600 * MAX_CHUNK_BYTES) / 3)
})
