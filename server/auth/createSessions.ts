import { createHash, randomBytes } from 'node:crypto'
import { AppError } from '#lib/errors.ts'
import type { RunningEnv } from '#server/env.ts'
import { readCookie, readCookies, replaceCookie, setCookie } from '#server/http/cookies.ts'
import type { Log } from '#server/log.ts'
import { type CookieNames, cookieNames } from './cookieNames.ts'
import type {
  GuestIdentity,
  RecorderIdentity,
  SessionEndReason,
  SessionGate,
  UserIdentity,
} from './identity.ts'
import { createPrismaSessionRows } from './PrismaSessionRows.ts'
import { SessionChanges } from './SessionChanges.ts'
import { SessionRegistry } from './SessionRegistry.ts'
import type { SessionFilter, SessionRows, SessionState } from './SessionRows.ts'
import { GUEST_ABSOLUTE_MS, GUEST_IDLE_MS, HOUR_MS, RECORDER_ABSOLUTE_MS } from './sessionLimits.ts'
import { TokenVerifier } from './TokenVerifier.ts'
import { createTokens, forEachKind, type TokenKind } from './tokens.ts'

const DAY_MS = 24 * HOUR_MS
/** Of all guest cookies a browser may have piled up, this many are renewed with one request. */
const GUEST_RENEWALS = 4
const SID_BYTES = 16
/** Live sessions of one person: more than anybody has devices, few enough to look through. */
const MOST_PER_USER = 50

/** What a person recognises a session by. */
export type Client = { readonly device: string; readonly address: string }

export type Renewal = {
  /** The Cookie header with the fresh tokens in it, for whoever handles the request. */
  readonly cookieHeader: string
  readonly setCookies: readonly { readonly name: string; readonly header: string }[]
}

export type RecorderAccess = {
  readonly sessionId: string
  readonly cookie: { readonly name: string; readonly value: string }
}

export interface Sessions extends SessionGate {
  readonly cookies: CookieNames
  /**
   * The signed-in person behind a Cookie header, or null. Answered from memory; revocation included.
   * @throws AppError unavailable
   */
  authenticate(cookieHeader: string | undefined): Promise<UserIdentity | null>
  /** The guest of one meeting behind a Cookie header, or null. @throws AppError unavailable */
  authenticateGuest(cookieHeader: string | undefined, meetingId: string): Promise<GuestIdentity | null>
  /**
   * The row behind a guest cookie, however long ago it expired or ended; null for a forged one.
   * For asking why somebody left, never for letting them in.
   */
  pastGuest(cookieHeader: string | undefined, meetingId: string): Promise<SessionState | null>
  /**
   * A new session with a new sid (SE-2). Of more than fifty live ones the one seen longest ago ends.
   * @returns what its token has to say
   */
  startUser(userId: string, client: Client): Promise<{ sub: string; sid: string; sessionId: string }>
  /** A guest session for one meeting. @returns its Set-Cookie header */
  startGuest(meetingId: string, client: Client): Promise<{ sessionId: string; setCookie: string }>
  /** The recorder behind a Cookie header, or null. @throws AppError unavailable */
  authenticateRecorder(cookieHeader: string | undefined): Promise<RecorderIdentity | null>
  /** A session for the browser that makes one recording. @returns the cookie to put into it */
  startRecorder(recording: { id: string; meetingId: string }, client: Client): Promise<RecorderAccess>
  signUserToken(subject: { sub: string; sid: string }): Promise<string>
  /** The session behind a user's token text, live now, with its claims. @throws AppError unavailable */
  openUserToken(token: string): Promise<{ state: SessionState; sub: string; sid: string } | null>
  /**
   * The one place where tokens are renewed: an own token past half its life, or past its end, whose row is live, is
   * exchanged for a fresh one. Null when there is nothing to do. @throws AppError unavailable
   */
  renew(cookieHeader: string | undefined): Promise<Renewal | null>
  /** Ends sessions, everywhere. `by` is the acting user. @returns how many were live until now */
  end(which: SessionFilter, by: string | null, reason: SessionEndReason): Promise<number>
  /** Takes note of sessions that a transaction of the caller's ended, once it has been committed. */
  ended(sessionIds: readonly string[], reason: SessionEndReason): void
  /** Writes what is still in memory and stops listening. */
  close(): Promise<void>
}

export type SessionsDeps = {
  readonly prisma: Parameters<typeof createPrismaSessionRows>[0]
  readonly databaseUrl: string
  readonly env: Pick<
    RunningEnv,
    | 'AUTH_SECRET'
    | 'AUTH_SECRET_PREVIOUS'
    | 'PUBLIC_URL'
    | 'SESSION_TOKEN_MINUTES'
    | 'SESSION_IDLE_HOURS'
    | 'SESSION_ABSOLUTE_DAYS'
  >
  readonly log: Log
  /** ms since the epoch */
  readonly now?: () => number
}

/** Sessions over PostgreSQL, listening for changes from the first moment. */
export function createSessions({ prisma, databaseUrl, env, log, now = Date.now }: SessionsDeps): Sessions {
  const rows = createPrismaSessionRows(prisma)
  const idleMs = {
    user: env.SESSION_IDLE_HOURS * HOUR_MS,
    guest: GUEST_IDLE_MS,
    recorder: RECORDER_ABSOLUTE_MS,
  }
  const registry = new SessionRegistry({ rows, idleMs, log, now })
  const changes = new SessionChanges(
    databaseUrl,
    {
      onChange: (change) => registry.change(change),
      onUnreadable: () => registry.forgetAll(),
      onUp: () => void registry.hearing(),
      onDown: () => registry.deaf(),
    },
    log,
  )
  void changes.start()
  return new DatabaseSessions({ rows, registry, changes, env, now })
}

type Parts = {
  readonly rows: SessionRows
  readonly registry: SessionRegistry
  readonly changes: SessionChanges
  readonly env: SessionsDeps['env']
  readonly now: () => number
}

const hashOfSid = (sid: string): string => createHash('sha256').update(sid).digest('base64url')

class DatabaseSessions implements Sessions {
  readonly cookies: CookieNames
  readonly #parts: Parts
  readonly #tokens
  readonly #verifiers: Record<TokenKind, TokenVerifier>
  readonly #tokenMs: number

  constructor(parts: Parts) {
    const { env, now } = parts
    this.#parts = parts
    this.cookies = cookieNames(env.PUBLIC_URL)
    this.#tokenMs = env.SESSION_TOKEN_MINUTES * 60_000
    this.#tokens = createTokens({
      secret: env.AUTH_SECRET,
      previousSecret: env.AUTH_SECRET_PREVIOUS,
      issuer: env.PUBLIC_URL,
      now,
    })
    this.#verifiers = forEachKind((kind) => new TokenVerifier(kind, this.#tokens, now))
  }

  async authenticate(cookieHeader: string | undefined): Promise<UserIdentity | null> {
    const token = readCookie(cookieHeader, this.cookies.user)
    if (token === undefined) return null
    const opened = await this.#open('session', token)
    return opened?.state.identity.kind === 'user' ? opened.state.identity : null
  }

  async authenticateGuest(
    cookieHeader: string | undefined,
    meetingId: string,
  ): Promise<GuestIdentity | null> {
    const token = readCookie(cookieHeader, this.cookies.guest(meetingId))
    if (token === undefined) return null
    const identity = (await this.#open('guest', token))?.state.identity
    return identity?.kind === 'guest' && identity.meetingId === meetingId ? identity : null
  }

  async identify(cookieHeader: string | undefined, meetingId?: string) {
    const user = await this.authenticate(cookieHeader)
    if (user || meetingId === undefined) return user
    const guest = await this.authenticateGuest(cookieHeader, meetingId)
    if (guest) return guest
    const recorder = await this.authenticateRecorder(cookieHeader)
    return recorder?.meetingId === meetingId ? recorder : null
  }

  async authenticateRecorder(cookieHeader: string | undefined): Promise<RecorderIdentity | null> {
    const token = readCookie(cookieHeader, this.cookies.recorder)
    if (token === undefined) return null
    const identity = (await this.#open('recorder', token))?.state.identity
    return identity?.kind === 'recorder' ? identity : null
  }

  async pastGuest(cookieHeader: string | undefined, meetingId: string): Promise<SessionState | null> {
    const token = readCookie(cookieHeader, this.cookies.guest(meetingId))
    const claims = token === undefined ? null : await this.#verifiers.guest.genuine(token)
    if (!claims) return null
    const state = await this.#parts.registry.load(claims.sidHash)
    return state?.subject === claims.sub ? state : null
  }

  async isLive(sessionId: string): Promise<boolean> {
    const state = await this.#parts.registry.byId(sessionId)
    return state !== null && this.#parts.registry.judge(state) === null
  }

  onEnded(listener: Parameters<SessionGate['onEnded']>[0]): () => void {
    return this.#parts.registry.onEnded(listener)
  }

  async startUser(userId: string, { device, address }: Client) {
    const sid = randomBytes(SID_BYTES).toString('base64url')
    const expiresAt = new Date(this.#parts.now() + this.#parts.env.SESSION_ABSOLUTE_DAYS * DAY_MS)
    const sidHash = hashOfSid(sid)
    const { id } = await this.#parts.rows.insert({
      kind: 'user',
      userId,
      sidHash,
      device,
      address,
      expiresAt,
    })
    this.ended(await this.#parts.rows.endBeyond(userId, MOST_PER_USER), 'revoked')
    return { sub: userId, sid, sessionId: id }
  }

  async startGuest(meetingId: string, { device, address }: Client) {
    const sid = randomBytes(SID_BYTES).toString('base64url')
    const expiresAt = new Date(this.#parts.now() + GUEST_ABSOLUTE_MS)
    const sidHash = hashOfSid(sid)
    const row = { kind: 'guest', meetingId, sidHash, device, address, expiresAt } as const
    const { id } = await orUnavailable(this.#parts.rows.insert(row))
    const token = await this.#tokens.sign('guest', { sub: id, sid }, this.#tokenMs / 1000)
    const { secure } = this.cookies
    return {
      sessionId: id,
      setCookie: setCookie(this.cookies.guest(meetingId), token, { secure, expires: expiresAt }),
    }
  }

  async startRecorder({ id, meetingId }: { id: string; meetingId: string }, client: Client) {
    const sid = randomBytes(SID_BYTES).toString('base64url')
    const expiresAt = new Date(this.#parts.now() + RECORDER_ABSOLUTE_MS)
    const row = { kind: 'recorder', meetingId, recordingId: id, sidHash: hashOfSid(sid), expiresAt } as const
    const inserted = await orUnavailable(this.#parts.rows.insert({ ...row, ...client }))
    const value = await this.#tokens.sign('recorder', { sub: inserted.id, sid }, this.#tokenMs / 1000)
    return { sessionId: inserted.id, cookie: { name: this.cookies.recorder, value } }
  }

  signUserToken(subject: { sub: string; sid: string }): Promise<string> {
    return this.#tokens.sign('session', subject, this.#tokenMs / 1000)
  }

  openUserToken(token: string) {
    return this.#open('session', token)
  }

  async renew(cookieHeader: string | undefined): Promise<Renewal | null> {
    if (cookieHeader === undefined || !cookieHeader.includes('parley.')) return null
    let header = cookieHeader
    const setCookies: { name: string; header: string }[] = []
    let guests = 0
    for (const [name, token] of readCookies(cookieHeader)) {
      const kind = this.#kindOf(name)
      if (kind === null || (kind === 'guest' && ++guests > GUEST_RENEWALS)) continue
      const fresh = await this.#renewOne(kind, token)
      if (!fresh) continue
      header = replaceCookie(header, name, fresh.token)
      const options = { secure: this.cookies.secure, expires: fresh.expires }
      setCookies.push({ name, header: setCookie(name, fresh.token, options) })
    }
    return setCookies.length === 0 ? null : { cookieHeader: header, setCookies }
  }

  async end(which: SessionFilter, by: string | null, reason: SessionEndReason): Promise<number> {
    const ids = await orUnavailable(this.#parts.rows.end(which, by, reason))
    this.ended(ids, reason)
    return ids.length
  }

  // The news comes back by LISTEN as well; here it must have arrived before the caller's next line.
  ended(sessionIds: readonly string[], reason: SessionEndReason): void {
    for (const sessionId of sessionIds) this.#parts.registry.change({ sessionId, reason })
  }

  async close(): Promise<void> {
    await this.#parts.changes.close()
    await this.#parts.registry.close()
  }

  /** A genuine token within its time whose row is live and says the same. Synchronous but for what memory lacks. */
  async #open(kind: TokenKind, token: string) {
    const verifier = this.#verifiers[kind]
    const recalled = verifier.recall(token)
    const claims = recalled === undefined ? await verifier.verify(token) : recalled
    if (!claims) return null
    const { registry } = this.#parts
    const state = registry.peek(claims.sidHash) ?? (await registry.load(claims.sidHash))
    if (state === null || state.subject !== claims.sub || registry.judge(state) !== null) return null
    return { state, sub: claims.sub, sid: claims.sid }
  }

  /** Which of our tokens a cookie holds, or null for none. */
  #kindOf(cookie: string): TokenKind | null {
    const { user, recorder, guestPrefix } = this.cookies
    if (cookie === user) return 'session'
    if (cookie === recorder) return 'recorder'
    return cookie.startsWith(guestPrefix) ? 'guest' : null
  }

  async #renewOne(kind: TokenKind, token: string): Promise<{ token: string; expires: Date } | null> {
    const claims = await this.#verifiers[kind].genuine(token)
    if (!claims) return null
    const halfLifeAtMs = ((claims.iat + claims.exp) / 2) * 1000
    if (this.#parts.now() < halfLifeAtMs) return null
    const { registry } = this.#parts
    const state = registry.peek(claims.sidHash) ?? (await registry.load(claims.sidHash))
    if (state === null || state.subject !== claims.sub || registry.judge(state) !== null) return null
    const leftMs = state.expiresAtMs - this.#parts.now()
    const subject = { sub: claims.sub, sid: claims.sid }
    const fresh = await this.#tokens.sign(kind, subject, Math.min(this.#tokenMs, leftMs) / 1000)
    return { token: fresh, expires: new Date(state.expiresAtMs) }
  }
}

async function orUnavailable<Value>(query: Promise<Value>): Promise<Value> {
  try {
    return await query
  } catch (cause) {
    throw AppError.unavailable(cause)
  }
}
