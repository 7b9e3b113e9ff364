import { randomBytes, randomUUID } from 'node:crypto'
import { createTestDatabase } from '../../__tests__/support/database.ts'
import { createSessions, type Sessions, type SessionsDeps } from '../../server/auth/createSessions.ts'
import { createLog } from '../../server/log.ts'
import type { Benchmark } from '../Benchmark.ts'
import { figure } from '../figure.ts'
import { hmacPerSecond } from '../floors/hmac.ts'
import { interleave, type Sample } from '../rounds.ts'

const TOKENS_OF_A_KIND = 100
const CHECKS = 60_000
const HOUR_MS = 3_600_000

/** #6: the guard that every request and every socket passes, on one core, with revocation honoured. */
export const sessionCheck: Benchmark = {
  id: 'session',
  title: '#6 session checks per second on one core, revocation honoured',
  async run(options) {
    const database = await createTestDatabase()
    const deps: SessionsDeps = {
      prisma: database.prisma,
      databaseUrl: database.url,
      log: createLog('silent', false),
      env: {
        AUTH_SECRET: randomBytes(32).toString('hex'),
        AUTH_SECRET_PREVIOUS: undefined,
        PUBLIC_URL: 'http://localhost:3000',
        SESSION_TOKEN_MINUTES: 15,
        SESSION_IDLE_HOURS: 72,
        SESSION_ABSOLUTE_DAYS: 30,
      },
    }
    const sessions = createSessions(deps)
    const earlier = createSessions({ ...deps, now: () => Date.now() - HOUR_MS })
    try {
      const mint = async (by: Sessions) => {
        // One person each: a person's oldest sessions end when there are too many (AUTH-14).
        const id = randomUUID()
        const user = await database.prisma.user.create({
          data: { id, email: `${id}@example.org`, name: 'Bench', passwordHash: 'none' },
          select: { id: true },
        })
        const subject = await by.startUser(user.id, { device: 'bench', address: '127.0.0.1' })
        return {
          sessionId: subject.sessionId,
          cookie: `${by.cookies.user}=${await by.signUserToken(subject)}`,
        }
      }
      const many = async (by: Sessions) =>
        Promise.all(Array.from({ length: TOKENS_OF_A_KIND }, () => mint(by)))
      const valid = await many(sessions)
      const expired = await many(earlier)
      const revoked = await many(sessions)
      const check = (cookies: readonly string[], good: number) => checksPerSecond(sessions, cookies, good)
      const validCookies = valid.map((one) => one.cookie)
      const mixed = [...valid, ...expired, ...revoked].map((one) => one.cookie)
      // All are known and good before some are revoked: the cache has to be told, not merely cold.
      await check([...validCookies, ...revoked.map((one) => one.cookie)], 1)
      for (const { sessionId } of revoked) await sessions.end({ id: sessionId }, null, 'revoked')

      const size = validCookies[0]?.length ?? 300
      const rounds = await interleave(options.rounds, options.budgetMs, 'mixed', {
        floor: async () => {
          const perSecond = hmacPerSecond(size, CHECKS)
          return { mixed: perSecond, valid: perSecond }
        },
        ours: async (): Promise<Sample> => ({
          mixed: await check(mixed, 1 / 3),
          valid: await check(validCookies, 1),
        }),
      })
      for (const failure of rounds.failures) options.log(failure)
      return [
        figure('valid, expired and revoked tokens in turn', '/s', 'mixed', rounds, {
          text: '≥ 100,000/s',
          met: (ours) => ours >= 100_000,
        }),
        figure('valid tokens only', '/s', 'valid', rounds),
      ]
    } finally {
      await sessions.close()
      await earlier.close()
      await database.drop()
    }
  },
}

/** @param good the share that must be let in; anything else is a wrong answer, not a fast one */
async function checksPerSecond(
  sessions: Sessions,
  cookies: readonly string[],
  good: number,
): Promise<number> {
  let admitted = 0
  const startedAt = performance.now()
  for (let check = 0; check < CHECKS; check += 1) {
    const identity = await sessions.authenticate(cookies[check % cookies.length])
    if (identity !== null) admitted += 1
  }
  const perSecond = (CHECKS / (performance.now() - startedAt)) * 1000
  if (Math.abs(admitted / CHECKS - good) > 0.001) throw new Error(`admitted ${admitted} of ${CHECKS}`)
  return perSecond
}
