import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { PrismaClient } from '@prisma/client'
import { cookieNames } from '#server/auth/cookieNames.ts'
import { createTokens } from '#server/auth/tokens.ts'
import { env } from '#server/env.ts'

const HOUR_MS = 3_600_000
const TOKEN_SECONDS = 15 * 60

export type TestUser = {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly admin: boolean
}

export type SignedIn = {
  readonly user: TestUser
  readonly sessionId: string
  readonly token: string
  /** A whole Cookie header. */
  readonly cookie: string
}

type UserOptions = {
  readonly name?: string
  readonly email?: string
  readonly admin?: boolean
  readonly passwordHash?: string
  /** An existing user, who gets one session more. */
  readonly userId?: string
  readonly signedInAt?: Date
  readonly lastSeenAt?: Date
  readonly expiresAt?: Date
}

export const hashOfSid = (sid: string): string => createHash('sha256').update(sid).digest('base64url')

/** The tokens of the server under test: the same secret and the same issuer. */
export const testTokens = () => createTokens({ secret: env().AUTH_SECRET, issuer: env().PUBLIC_URL })

export async function createUser(prisma: PrismaClient, options: UserOptions = {}): Promise<TestUser> {
  const { name = 'Ada Lovelace', email = `${randomUUID()}@example.org`, admin = false } = options
  return prisma.user.create({
    data: { name, email, admin, passwordHash: options.passwordHash ?? 'none: this account cannot sign in' },
    select: { id: true, name: true, email: true, admin: true },
  })
}

/** A person with a live session, made straight in the database: for tests whose subject is not signing in. */
export async function signedInUser(prisma: PrismaClient, options: UserOptions = {}): Promise<SignedIn> {
  const user = options.userId
    ? await prisma.user.findUniqueOrThrow({
        where: { id: options.userId },
        select: { id: true, name: true, email: true, admin: true },
      })
    : await createUser(prisma, options)
  const sid = randomBytes(16).toString('base64url')
  const { id: sessionId } = await prisma.session.create({
    data: {
      kind: 'USER',
      sidHash: hashOfSid(sid),
      userId: user.id,
      device: 'Test on Jest',
      address: '127.0.0.1',
      createdAt: options.signedInAt ?? new Date(),
      lastSeenAt: options.lastSeenAt ?? new Date(),
      expiresAt: options.expiresAt ?? new Date(Date.now() + 24 * HOUR_MS),
    },
    select: { id: true },
  })
  const token = await testTokens().sign('session', { sub: user.id, sid }, TOKEN_SECONDS)
  return { user, sessionId, token, cookie: `${cookieNames(env().PUBLIC_URL).user}=${token}` }
}

/** A guest with a live session for one meeting. */
export async function guestFor(
  prisma: PrismaClient,
  meetingId: string,
  options: { readonly lastSeenAt?: Date } = {},
): Promise<{ sessionId: string; token: string; cookie: string }> {
  const sid = randomBytes(16).toString('base64url')
  const { id: sessionId } = await prisma.session.create({
    data: {
      kind: 'GUEST',
      sidHash: hashOfSid(sid),
      meetingId,
      device: 'Test on Jest',
      address: '127.0.0.1',
      lastSeenAt: options.lastSeenAt ?? new Date(),
      expiresAt: new Date(Date.now() + 12 * HOUR_MS),
    },
    select: { id: true },
  })
  const token = await testTokens().sign('guest', { sub: sessionId, sid }, TOKEN_SECONDS)
  return { sessionId, token, cookie: `${cookieNames(env().PUBLIC_URL).guest(meetingId)}=${token}` }
}
