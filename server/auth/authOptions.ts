import { hkdfSync } from 'node:crypto'
import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { safeRedirect } from '#lib/domain/safeRedirect.ts'
import type { RunningEnv } from '#server/env.ts'
import type { Log } from '#server/log.ts'
import type { Client, Sessions } from './createSessions.ts'
import type { UserIdentity } from './identity.ts'
import type { AuditEntry } from './PrismaAudit.ts'
import type { SignedIn } from './signIn.ts'

/** One request on its way through next-auth: what it brought, and what went wrong in a callback. */
export type AuthExchange = {
  readonly client: Client
  readonly cookieHeader: string | undefined
  /** next-auth turns whatever a callback throws into a redirect; what was thrown is kept here for the real answer. */
  failure: unknown
  /** The session whose token this request presented, and that token. */
  presented: { readonly identity: UserIdentity; readonly token: string } | null
}

export type AuthDeps = {
  readonly env: Pick<RunningEnv, 'AUTH_SECRET' | 'PUBLIC_URL' | 'SESSION_ABSOLUTE_DAYS'>
  readonly sessions: Sessions
  readonly log: Log
  readonly signIn: (input: unknown, client: Client) => Promise<SignedIn | null>
  readonly audit: (entry: AuditEntry) => Promise<void>
}

const SECONDS_PER_DAY = 86_400

/** Names of next-auth's two helper cookies, with the same protection as the session's (SE-6). */
export function helperCookies(publicUrl: string) {
  const prefix = publicUrl.startsWith('https:') ? '__Host-' : ''
  return { csrf: `${prefix}parley.csrf`, callback: `${prefix}parley.callback` }
}

/**
 * next-auth for one request. Its tokens are ours: `encode` and `decode` make and open a session's JWS together with its
 * row, so that nothing next-auth believes is older than the row. Nothing a client says to `session.update()` is read
 * (SE-9).
 */
export function createAuthOptions(deps: AuthDeps, exchange: AuthExchange): NextAuthOptions {
  const { env, sessions } = deps
  const secure = sessions.cookies.secure
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure } as const
  const helpers = helperCookies(env.PUBLIC_URL)
  const maxAge = env.SESSION_ABSOLUTE_DAYS * SECONDS_PER_DAY

  return {
    // Signs next-auth's own CSRF cookie; session tokens have keys of their own.
    secret: Buffer.from(hkdfSync('sha256', env.AUTH_SECRET, 'parley', 'parley:next-auth', 32)).toString(
      'base64url',
    ),
    session: { strategy: 'jwt', maxAge },
    useSecureCookies: secure,
    pages: { signIn: '/sign-in', signOut: '/', error: '/sign-in' },
    cookies: {
      sessionToken: { name: sessions.cookies.user, options },
      csrfToken: { name: helpers.csrf, options },
      callbackUrl: { name: helpers.callback, options },
    },
    providers: [
      CredentialsProvider({
        name: 'Parley',
        credentials: { email: {}, password: {} },
        authorize: (input) => kept(exchange, () => deps.signIn(input, exchange.client)),
      }),
    ],
    jwt: {
      maxAge,
      encode: ({ token }) => kept(exchange, () => encode(sessions, exchange, token)),
      decode: ({ token }) => kept(exchange, () => decode(sessions, exchange, token)),
    },
    callbacks: {
      redirect: ({ url }) => safeRedirect(url, env.PUBLIC_URL),
      jwt: ({ token, user }) => (user ? kept(exchange, () => startSession(deps, exchange, user.id)) : token),
      session: ({ session }) => ({ expires: session.expires, user: publicUser(exchange) }),
    },
    events: {
      signOut: async () => {
        const { presented } = exchange
        if (!presented) return
        const { sessionId, userId } = presented.identity
        await kept(exchange, async () => {
          await sessions.end({ id: sessionId }, userId, 'signed-out')
          await deps.audit({
            action: 'user.signedOut',
            actorId: userId,
            targetId: sessionId,
            address: exchange.client.address,
          })
        })
      },
    },
    logger: {
      error: (code) => deps.log.debug({ code }, 'next-auth refused'),
      warn: (code) => deps.log.debug({ code }, 'next-auth warned'),
      debug: () => undefined,
    },
  }
}

/** A new session with a new sid at every sign-in; the one that the browser brought along ends (SE-2, K29). */
async function startSession(
  { sessions, audit }: AuthDeps,
  { client, cookieHeader }: AuthExchange,
  userId: string,
) {
  const old = await sessions.authenticate(cookieHeader)
  if (old) await sessions.end({ id: old.sessionId }, userId, 'signed-out')
  const { sub, sid, sessionId } = await sessions.startUser(userId, client)
  await audit({ action: 'user.signedIn', actorId: userId, targetId: sessionId, address: client.address })
  return { sub, sid }
}

/** A fresh token for a session just begun. One that was presented goes back as it came: renewal is the pipeline's. */
async function encode(sessions: Sessions, exchange: AuthExchange, token: unknown): Promise<string> {
  if (exchange.presented) return exchange.presented.token
  const { sub, sid } = token as { sub?: unknown; sid?: unknown }
  if (typeof sub !== 'string' || typeof sid !== 'string') throw new Error('A token without a session.')
  return sessions.signUserToken({ sub, sid })
}

async function decode(sessions: Sessions, exchange: AuthExchange, token: string | undefined) {
  const opened = token === undefined ? null : await sessions.openUserToken(token)
  const identity = opened?.state.identity
  if (token === undefined || !opened || identity?.kind !== 'user') return null
  exchange.presented = { identity, token }
  return { sub: opened.sub, sid: opened.sid }
}

function publicUser({ presented }: AuthExchange) {
  if (!presented) return undefined
  const { name, email } = presented.identity
  return { name, email }
}

async function kept<Value>(exchange: AuthExchange, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    exchange.failure ??= error
    throw error
  }
}
