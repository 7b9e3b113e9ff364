import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { createSessions, type Sessions } from '#server/auth/createSessions.ts'
import type { SessionEndReason } from '#server/auth/identity.ts'
import { sessions } from '#server/auth/sessions.ts'
import { createTokens } from '#server/auth/tokens.ts'
import { env } from '#server/env.ts'
import { log } from '#server/log.ts'
import { apiSuite } from '../../support/apiSuite.ts'
import { guestFor, signedInUser, testTokens } from '../../support/session.ts'
import { createVisitor } from '../../support/visitor.ts'

const PASSWORD = 'correct horse battery staple'
const HOUR_MS = 3_600_000

/** Another process: the same database, a registry and a LISTEN connection of its own. */
let other: Sessions
// Before the database goes.
afterAll(() => other.close())
const suite = apiSuite()

beforeAll(async () => {
  other = createSessions({ prisma: suite.data.prisma, databaseUrl: suite.data.url, env: env(), log: log() })
  await createVisitor(suite.api).signUp({ name: 'Ada', email: 'ada@example.org', password: PASSWORD })
  await createVisitor(suite.api).signUp({ name: 'Bob', email: 'bob@example.org', password: PASSWORD })
})

const status = async (cookie: string) => (await suite.api.ask('/api/account/sessions', { cookie })).status
const whenEnded = (where: Sessions, id: string) =>
  new Promise<SessionEndReason>((resolve) => {
    const stop = where.onEnded(({ sessionId, reason }) => {
      if (sessionId !== id) return
      stop()
      resolve(reason)
    })
  })
const meeting = async () => {
  const host = await signedInUser(suite.data.prisma)
  const code = randomUUID()
  return suite.data.prisma.meeting.create({
    data: { code, title: 'Weekly', hostId: host.user.id },
    select: { id: true },
  })
}

describe('signing in', () => {
  it('[SE-2] [K29] gives a new sid each time, and the session that was there ends', async () => {
    const ada = createVisitor(suite.api)
    await ada.signIn('ada@example.org', PASSWORD)
    const first = ada.cookie
    await ada.signIn('ada@example.org', PASSWORD)
    expect(ada.jar.get('parley.session')).toBeDefined()
    expect([await status(first), await status(ada.cookie)]).toEqual([401, 200])
  })

  it('[SE-2] [K29] a session of somebody else that was planted in the browser is not taken over', async () => {
    const eve = await signedInUser(suite.data.prisma, { name: 'Eve' })
    const victim = createVisitor(suite.api)
    victim.jar.set('parley.session', eve.token)
    await victim.signIn('bob@example.org', PASSWORD)
    expect((await victim.ask('/api/session')).json()).toMatchObject({ user: { name: 'Bob' } })
    expect(await status(eve.cookie)).toBe(401)
  })

  it('[SE-6] the cookie is HttpOnly, Lax and for the whole host; [SE-8] the row keeps a hash of a 128-bit sid', async () => {
    const bob = createVisitor(suite.api)
    const { headers } = await bob.signIn('bob@example.org', PASSWORD)
    const line = headers['set-cookie']?.find((cookie) => cookie.startsWith('parley.session='))
    expect(line).toMatch(/HttpOnly/)
    expect(line).toMatch(/SameSite=Lax/)
    expect(line).toMatch(/Path=\//)
    expect(line).not.toMatch(/Domain/i)
    const claims = JSON.parse(
      Buffer.from(String(bob.jar.get('parley.session')).split('.')[1] ?? '', 'base64url').toString(),
    )
    expect(Buffer.from(claims.sid, 'base64url')).toHaveLength(16)
    expect(await suite.data.prisma.session.findUnique({ where: { sidHash: claims.sid } })).toBeNull()
    expect(JSON.stringify(claims)).not.toMatch(/bob|admin/i)
  })
})

describe('[SE-9] [K30] session.update()', () => {
  it('changes nothing, whatever it is told', async () => {
    const bob = createVisitor(suite.api)
    await bob.signIn('bob@example.org', PASSWORD)
    const { csrfToken } = (await bob.ask('/api/auth/csrf')).json()
    const before = bob.jar.get('parley.session')
    const update = {
      email: 'ada@example.org',
      id: 'x',
      role: 'admin',
      admin: true,
      sub: randomUUID(),
      sid: 'x',
    }
    const raw = JSON.stringify({ csrfToken, data: { ...update, user: update } })
    const answer = await bob.ask('/api/auth/session', { raw })
    expect(answer.json()).toMatchObject({ user: { name: 'Bob', email: 'bob@example.org' } })
    expect(bob.jar.get('parley.session')).toBe(before)
    expect((await bob.ask('/api/session')).json()).toMatchObject({ user: { name: 'Bob', admin: false } })
    expect((await bob.ask('/api/admin/users')).status).toBe(403)
  })

  it('[SE-3] asking next-auth for the session makes no new token', async () => {
    const bob = createVisitor(suite.api)
    await bob.signIn('bob@example.org', PASSWORD)
    const before = bob.jar.get('parley.session')
    expect((await bob.ask('/api/auth/session')).json()).toMatchObject({ user: { email: 'bob@example.org' } })
    expect(bob.jar.get('parley.session')).toBe(before)
  })
})

describe('[SE-4] [K27] the end of a session', () => {
  it('by signing out: the captured token opens nothing any more, here and in the other process', async () => {
    const bob = createVisitor(suite.api)
    await bob.signIn('bob@example.org', PASSWORD)
    const captured = bob.cookie
    expect(await other.authenticate(captured)).toMatchObject({ email: 'bob@example.org' })
    const { id } = await suite.data.prisma.session.findFirstOrThrow({ orderBy: { createdAt: 'desc' } })
    const heard = whenEnded(other, id)
    await bob.signOut()
    expect(await status(captured)).toBe(401)
    expect(await heard).toBe('signed-out')
    expect(await other.authenticate(captured)).toBeNull()
  })

  it('by revoking it: both processes tell their sockets, once, and refuse the token', async () => {
    const { cookie, sessionId, user } = await signedInUser(suite.data.prisma)
    expect([await status(cookie), (await other.authenticate(cookie))?.userId]).toEqual([200, user.id])
    const told: string[] = []
    const stop = sessions().onEnded((ended) => told.push(`here ${ended.sessionId}`))
    const heard = whenEnded(other, sessionId)
    await sessions().end({ id: sessionId }, null, 'revoked')
    expect(await status(cookie)).toBe(401)
    expect(await heard).toBe('revoked')
    expect([await other.authenticate(cookie), await other.isLive(sessionId)]).toEqual([null, false])
    // Its own NOTIFY has come back by the time a second one has.
    const second = await signedInUser(suite.data.prisma)
    const again = whenEnded(sessions(), second.sessionId)
    await other.end({ id: second.sessionId }, null, 'revoked')
    await again
    expect(told.filter((line) => line.endsWith(sessionId))).toHaveLength(1)
    stop()
  })

  it('[JW-8] a revoked token is refused in all spellings of its signature', async () => {
    const { cookie, sessionId } = await signedInUser(suite.data.prisma)
    await status(cookie)
    await sessions().end({ id: sessionId }, null, 'revoked')
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345')
      expect(await status(cookie.slice(0, -1) + last)).toBe(401)
  })

  it('by its row’s limits: idle, absolute, and a row that is gone', async () => {
    const idle = await signedInUser(suite.data.prisma, { lastSeenAt: new Date(Date.now() - 73 * HOUR_MS) })
    const over = await signedInUser(suite.data.prisma, { expiresAt: new Date(Date.now() - 1000) })
    const gone = await signedInUser(suite.data.prisma)
    await suite.data.prisma.session.delete({ where: { id: gone.sessionId } })
    expect(await Promise.all([idle, over, gone].map(({ cookie }) => status(cookie)))).toEqual([401, 401, 401])
    expect(await sessions().isLive(idle.sessionId)).toBe(false)
  })

  it('a revocation that comes while its row is being read is not forgotten', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { cookie, sessionId } = await signedInUser(suite.data.prisma)
      await Promise.all([other.authenticate(cookie), sessions().end({ id: sessionId }, null, 'revoked')])
      await other.authenticate(cookie)
      await whenAllIsHeard()
      expect(await other.authenticate(cookie)).toBeNull()
    }
  })
})

/** Waits until the other process has heard everything that was said up to now. */
async function whenAllIsHeard(): Promise<void> {
  const marker = await signedInUser(suite.data.prisma)
  const heard = whenEnded(other, marker.sessionId)
  await sessions().end({ id: marker.sessionId }, null, 'revoked')
  await heard
}

describe('renewal', () => {
  const aged = async (kind: 'session' | 'guest', token: string, ageSeconds: number, lifeSeconds = 900) => {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    const past = Date.now() - ageSeconds * 1000
    const tokens = createTokens({ secret: env().AUTH_SECRET, issuer: env().PUBLIC_URL, now: () => past })
    return tokens.sign(kind, { sub: claims.sub, sid: claims.sid }, lifeSeconds)
  }

  it('a token younger than half its life stays as it is', async () => {
    const { token } = await signedInUser(suite.data.prisma)
    const young = await aged('session', token, 400)
    expect((await suite.api.ask('/api/session', { cookie: `parley.session=${young}` })).cookies.size).toBe(0)
  })

  it.each([460, 899, 5000, 200_000])(
    'one of %d s is exchanged, and the request itself sees the fresh one',
    async (age) => {
      const { token, user } = await signedInUser(suite.data.prisma)
      const old = await aged('session', token, age)
      const answer = await suite.api.ask('/api/session', { cookie: `a=b; parley.session=${old}; c=d` })
      expect(answer.json()).toMatchObject({ user: { id: user.id } })
      expect(answer.headers['cache-control']).toBe('private, no-store')
      const fresh = String(answer.cookies.get('parley.session'))
      expect(fresh).not.toBe(old)
      expect(await status(`parley.session=${fresh}`)).toBe(200)
    },
  )

  it('nowhere but in the pipeline: everything else refuses an expired token', async () => {
    const { token } = await signedInUser(suite.data.prisma)
    const old = `parley.session=${await aged('session', token, 5000)}`
    expect([await sessions().authenticate(old), await sessions().identify(old)]).toEqual([null, null])
  })

  it.each<[string, () => Promise<string>]>([
    [
      'revoked',
      async () => {
        const { token, sessionId } = await signedInUser(suite.data.prisma)
        await sessions().end({ id: sessionId }, null, 'revoked')
        return token
      },
    ],
    [
      'idle',
      async () =>
        (await signedInUser(suite.data.prisma, { lastSeenAt: new Date(Date.now() - 73 * HOUR_MS) })).token,
    ],
    [
      'over',
      async () => (await signedInUser(suite.data.prisma, { expiresAt: new Date(Date.now() - 1000) })).token,
    ],
  ])('not for a session that is %s', async (_, make) => {
    const old = await aged('session', await make(), 5000)
    const answer = await suite.api.ask('/api/session', { cookie: `parley.session=${old}` })
    expect([answer.json(), answer.cookies.size]).toEqual([{ user: null }, 0])
  })

  it('not for a forged one, however old it says it is', async () => {
    const { user } = await signedInUser(suite.data.prisma)
    const forged = await new SignJWT({ sid: 'AAAAAAAAAAAAAAAAAAAAAA', sub: user.id })
      .setProtectedHeader({ alg: 'HS256', typ: 'parley-session+jwt', kid: 'x' })
      .sign(new Uint8Array(32))
    expect((await suite.api.ask('/api/session', { cookie: `parley.session=${forged}` })).cookies.size).toBe(0)
  })

  it('guests’ tokens too, until two hours idle', async () => {
    const { id } = await meeting()
    const guest = await guestFor(suite.data.prisma, id)
    const name = guest.cookie.split('=')[0] ?? ''
    const old = `${name}=${await aged('guest', guest.token, 5000)}`
    const answer = await suite.api.ask('/api/session', { cookie: old })
    const fresh = `${name}=${answer.cookies.get(name)}`
    expect(await sessions().authenticateGuest(fresh, id)).toMatchObject({ kind: 'guest', meetingId: id })
    const idle = await guestFor(suite.data.prisma, id, { lastSeenAt: new Date(Date.now() - 2.1 * HOUR_MS) })
    const late = `${name}=${await aged('guest', idle.token, 5000)}`
    expect((await suite.api.ask('/api/session', { cookie: late })).cookies.size).toBe(0)
  })

  it('signing out in the same request that renews leaves no cookie behind', async () => {
    const bob = createVisitor(suite.api)
    await bob.signIn('bob@example.org', PASSWORD)
    bob.jar.set('parley.session', await aged('session', String(bob.jar.get('parley.session')), 5000))
    const out = await bob.signOut()
    expect(bob.jar.has('parley.session')).toBe(false)
    expect(out.headers['set-cookie']?.filter((line) => line.startsWith('parley.session='))).toHaveLength(1)
  })

  it('being seen is written once a minute, for many sessions at once', async () => {
    const seen = new Date(Date.now() - 5 * 60_000)
    const { cookie, sessionId } = await signedInUser(suite.data.prisma, { lastSeenAt: seen })
    const own = createSessions({
      prisma: suite.data.prisma,
      databaseUrl: suite.data.url,
      env: env(),
      log: log(),
    })
    for (let index = 0; index < 10; index += 1) await own.authenticate(cookie)
    await own.close()
    const row = await suite.data.prisma.session.findUniqueOrThrow({ where: { id: sessionId } })
    expect(row.lastSeenAt.getTime()).toBeGreaterThan(seen.getTime() + 4 * 60_000)
  })
})

describe('[JW-3] [JW-9] the wrong token at a door', () => {
  it('a guest token is no session, a session token is no guest, and a guest is bound to one meeting', async () => {
    const [a, b] = [await meeting(), await meeting()]
    const guest = await guestFor(suite.data.prisma, a.id)
    const user = await signedInUser(suite.data.prisma)
    const guestCookie = sessions().cookies.guest(a.id)
    expect(await status(`parley.session=${guest.token}`)).toBe(401)
    expect(await sessions().authenticateGuest(`${guestCookie}=${user.token}`, a.id)).toBeNull()
    expect(await sessions().identify(guest.cookie, a.id)).toMatchObject({ kind: 'guest', meetingId: a.id })
    expect(await sessions().identify(guest.cookie, b.id)).toBeNull()
    const moved = `${sessions().cookies.guest(b.id)}=${guest.token}`
    expect(await sessions().identify(moved, b.id)).toBeNull()
    expect(await status(guest.cookie)).toBe(401)
  })

  it('[JW-9] a genuine token whose sub is not its row’s opens nothing', async () => {
    const [ada, bob] = [await signedInUser(suite.data.prisma), await signedInUser(suite.data.prisma)]
    const { sid } = JSON.parse(Buffer.from(ada.token.split('.')[1] ?? '', 'base64url').toString())
    const crossed = await testTokens().sign('session', { sub: bob.user.id, sid }, 900)
    expect(await status(`parley.session=${crossed}`)).toBe(401)
  })

  it.each(['Bearer %', 'Bearer x', 'Basic YTpi'])(
    '[SE-10] Authorization: %s is 401, not 500',
    async (authorization) => {
      expect((await suite.api.ask('/api/account/sessions', { headers: { authorization } })).status).toBe(401)
    },
  )

  it('[SE-10] a live token is not taken from Authorization or from the address', async () => {
    const { token } = await signedInUser(suite.data.prisma)
    const bearer = await suite.api.ask('/api/account/sessions', {
      headers: { authorization: `Bearer ${token}` },
    })
    const address = await suite.api.ask(`/api/session?token=${token}`)
    expect([bearer.status, address.json()]).toEqual([401, { user: null }])
  })
})

describe('[SE-5] one’s own sessions', () => {
  it('are listed with device and address, and one can be ended; a stranger’s is not found', async () => {
    const here = await signedInUser(suite.data.prisma)
    const there = await signedInUser(suite.data.prisma, { userId: here.user.id })
    const stranger = await signedInUser(suite.data.prisma)
    const { sessions: list } = (await suite.api.ask('/api/account/sessions', { cookie: here.cookie })).json()
    expect(list).toHaveLength(2)
    expect(list).toContainEqual(
      expect.objectContaining({ id: here.sessionId, current: true, device: 'Test on Jest' }),
    )
    const revoke = (id: string) =>
      suite.api.ask(`/api/account/sessions/${id}/revoke`, { method: 'POST', cookie: here.cookie })
    expect((await revoke(there.sessionId)).status).toBe(200)
    expect((await revoke(stranger.sessionId)).status).toBe(404)
    expect((await revoke(randomUUID())).status).toBe(404)
    expect((await revoke('x')).status).toBe(400)
    expect([await status(here.cookie), await status(there.cookie), await status(stranger.cookie)]).toEqual([
      200, 401, 200,
    ])
  })

  it('all others at once', async () => {
    const here = await signedInUser(suite.data.prisma)
    const there = [await signedInUser(suite.data.prisma, { userId: here.user.id })]
    await suite.api.ask('/api/account/sessions/revoke-others', { method: 'POST', cookie: here.cookie })
    expect([await status(here.cookie), await status(there[0]?.cookie ?? '')]).toEqual([200, 401])
  })

  it('more than an hour after signing in the password is asked for again', async () => {
    const { id } = await suite.data.prisma.user.findUniqueOrThrow({ where: { email: 'ada@example.org' } })
    const signedInAt = new Date(Date.now() - 2 * HOUR_MS)
    const here = await signedInUser(suite.data.prisma, { userId: id, signedInAt })
    const post = (body?: object) =>
      suite.api.ask('/api/account/sessions/revoke-others', {
        method: 'POST',
        cookie: here.cookie,
        ...(body ? { body } : {}),
      })
    const asked = await post()
    expect([asked.status, asked.headers['x-parley-reauth'], asked.json().error?.code]).toEqual([
      403,
      '1',
      'forbidden',
    ])
    expect((await post({ password: 'wrong horse battery staple' })).headers['x-parley-reauth']).toBe('1')
    expect((await post({ password: PASSWORD })).status).toBe(200)
  })
})
