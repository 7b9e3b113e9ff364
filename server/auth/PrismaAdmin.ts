import type { Prisma, PrismaClient } from '@prisma/client'
import { AppError } from '#lib/errors.ts'
import type { Sessions } from './createSessions.ts'
import type { SessionEndReason, UserIdentity } from './identity.ts'
import { ADMIN_LOCK } from './PrismaAccounts.ts'
import { audit } from './PrismaAudit.ts'
import { olderThan } from './PrismaSessionList.ts'
import { createPrismaSessionRows } from './PrismaSessionRows.ts'

const PAGE = 50

export const USER_ACTIONS = ['disable', 'enable', 'promote', 'demote', 'revoke'] as const
export type UserAction = (typeof USER_ACTIONS)[number]

type Change = {
  readonly data: (now: Date) => Prisma.UserUpdateInput
  /** Rights changed, so every session of the person ends and the next sign-in has a new sid (SE-2, SE-4). */
  readonly endsSessions: SessionEndReason | null
  readonly event: 'user.disabled' | 'user.enabled' | 'user.promoted' | 'user.demoted' | 'session.revoked'
  /** Takes an admin away, if the person is one. */
  readonly removesAdmin: boolean
}

const CHANGES: Record<UserAction, Change> = {
  disable: {
    data: (now) => ({ disabledAt: now }),
    endsSessions: 'disabled',
    event: 'user.disabled',
    removesAdmin: true,
  },
  enable: {
    data: () => ({ disabledAt: null }),
    endsSessions: null,
    event: 'user.enabled',
    removesAdmin: false,
  },
  promote: {
    data: () => ({ admin: true }),
    endsSessions: 'revoked',
    event: 'user.promoted',
    removesAdmin: false,
  },
  demote: {
    data: () => ({ admin: false }),
    endsSessions: 'revoked',
    event: 'user.demoted',
    removesAdmin: true,
  },
  revoke: { data: () => ({}), endsSessions: 'revoked', event: 'session.revoked', removesAdmin: false },
}

type Actor = { readonly identity: UserIdentity; readonly address: string }

export function createAdmin(prisma: PrismaClient, sessions: Pick<Sessions, 'ended'>) {
  return {
    async users(after: { createdAt: Date; id: string } | null, search = '') {
      const rows = await prisma.user.findMany({
        where: { AND: [after ? olderThan(after) : {}, search === '' ? {} : named(search)] },
        select: {
          id: true,
          name: true,
          email: true,
          admin: true,
          disabledAt: true,
          createdAt: true,
          _count: { select: { sessions: { where: { revokedAt: null, expiresAt: { gt: new Date() } } } } },
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: PAGE + 1,
      })
      const shown = rows.slice(0, PAGE)
      const last = rows.length > PAGE ? shown.at(-1) : undefined
      return {
        users: shown.map(({ disabledAt, _count, ...user }) => ({
          ...user,
          disabled: disabledAt !== null,
          liveSessions: disabledAt ? 0 : _count.sessions,
        })),
        next: last ? { createdAt: last.createdAt, id: last.id } : null,
      }
    },

    /**
     * One change to one person, with all that follows from it, or nothing.
     * @throws AppError not-found, forbidden when the actor is no admin any more, conflict for the last admin
     */
    async change(actor: Actor, userId: string, action: UserAction): Promise<void> {
      const reason = CHANGES[action].endsSessions
      const ended = await prisma.$transaction((transaction) =>
        change(transaction, actor, userId, CHANGES[action]),
      )
      if (reason) sessions.ended(ended, reason)
    },
  }
}

/** Whose name or e-mail has `search` in it, whatever the case. */
const named = (search: string): Prisma.UserWhereInput => ({
  OR: [
    { name: { contains: search, mode: 'insensitive' } },
    { email: { contains: search, mode: 'insensitive' } },
  ],
})

async function change(
  transaction: Prisma.TransactionClient,
  { identity, address }: Actor,
  userId: string,
  { data, endsSessions, event, removesAdmin }: Change,
): Promise<string[]> {
  // Race: two admins who demote each other at once would leave none. One after the other, the second is no admin any more.
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${ADMIN_LOCK})`
  const standing = { admin: true, disabledAt: null }
  const actor = await transaction.user.findFirst({
    where: { id: identity.userId, ...standing },
    select: { id: true },
  })
  if (!actor) throw AppError.forbidden()
  const target = await transaction.user.findUnique({
    where: { id: userId },
    select: { admin: true, disabledAt: true },
  })
  if (!target) throw AppError.notFound('This account')
  const isAdmin = target.admin && target.disabledAt === null
  if (removesAdmin && isAdmin && (await transaction.user.count({ where: standing })) === 1) {
    throw new AppError('conflict', 'This is the last admin. Make somebody else an admin first.')
  }
  await transaction.user.update({ where: { id: userId }, data: data(new Date()), select: { id: true } })
  await audit(transaction, { action: event, actorId: identity.userId, targetId: userId, address })
  if (!endsSessions) return []
  return createPrismaSessionRows(transaction).end({ userId }, identity.userId, endsSessions)
}
