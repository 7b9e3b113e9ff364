import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** The floor of a session check: one HMAC-SHA256 over a token of that size, compared in constant time. @returns checks per second */
export function hmacPerSecond(tokenBytes: number, checks: number): number {
  const key = randomBytes(32)
  const token = randomBytes(tokenBytes).toString('base64url').slice(0, tokenBytes)
  const expected = createHmac('sha256', key).update(token).digest()
  let good = 0
  const startedAt = performance.now()
  for (let check = 0; check < checks; check += 1) {
    if (timingSafeEqual(createHmac('sha256', key).update(token).digest(), expected)) good += 1
  }
  if (good !== checks) throw new Error('a floor that miscounts')
  return (checks / (performance.now() - startedAt)) * 1000
}
