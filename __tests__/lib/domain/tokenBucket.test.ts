import { TokenBucket } from '#lib/domain/tokenBucket.ts'

test('[WS-10] a burst, then the average; waiting is told exactly', () => {
  const bucket = new TokenBucket({ burst: 2, perSecond: 4 }, 0)
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 250])
  expect(bucket.take(249)).toBeGreaterThan(0)
  expect(bucket.waitMs(250)).toBe(0)
  expect(bucket.take(250)).toBe(0)
  expect(bucket.take(60_000)).toBe(0)
  expect(bucket.take(60_000, 2)).toBeGreaterThan(0)
})
