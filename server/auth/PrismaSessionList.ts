import type { Prisma, PrismaClient } from '@prisma/client'
import { GUEST_IDLE_MS, HOUR_MS } from './sessionLimits.ts'

/** Sessions per page (PR-5). */
const PAGE = 50
/** Nobody has this many live sessions; a list that is longer is cut. */
const MOST_OWN = 100

const SHOWN = {
  id: true,
  kind: true,
  device: true,
  address: true,
  createdAt: true,
  lastSeenAt: true,
  /** A guest has the name given at the door of the last seat. */
  visits: { select: { name: true }, orderBy: { joinedAt: 'desc' }, take: 1 },
  user: { select: { name: true, email: true } },
  meeting: { select: { title: true } },
} satisfies Prisma.SessionSelect

type Position = { readonly createdAt: Date; readonly id: string }
type Options = { readonly idleHours: number; readonly now?: () => number }

/** Live sessions, for the people who may look at them. Neither sid nor its hash is selected (PR-3). */
export function createSessionList(prisma: PrismaClient, { idleHours, now = Date.now }: Options) {
  const live = (): Prisma.SessionWhereInput => ({
    revokedAt: null,
    expiresAt: { gt: new Date(now()) },
    OR: [
      { kind: 'USER', lastSeenAt: { gt: new Date(now() - idleHours * HOUR_MS) }, user: { disabledAt: null } },
      { kind: 'GUEST', lastSeenAt: { gt: new Date(now() - GUEST_IDLE_MS) } },
    ],
  })

  return {
    async ofUser(userId: string, currentId: string) {
      const rows = await prisma.session.findMany({
        where: { userId, ...live() },
        select: { id: true, device: true, address: true, createdAt: true, lastSeenAt: true },
        orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }],
        take: MOST_OWN,
      })
      return rows.map((row) => ({ ...row, current: row.id === currentId }))
    },

    /** @param query part of a name, an e-mail or an address, in any case */
    async page(currentId: string, after: Position | null, query: string) {
      const contains = { contains: query, mode: 'insensitive' } as const
      const rows = await prisma.session.findMany({
        where: {
          AND: [
            live(),
            after ? olderThan(after) : {},
            query === ''
              ? {}
              : {
                  OR: [
                    { address: contains },
                    { user: { OR: [{ name: contains }, { email: contains }] } },
                    { kind: 'GUEST', visits: { some: { name: contains } } },
                  ],
                },
          ],
        },
        select: SHOWN,
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: PAGE + 1,
      })
      const shown = rows.slice(0, PAGE)
      const last = rows.length > PAGE ? shown.at(-1) : undefined
      return {
        sessions: shown.map(({ user, meeting, visits, kind, ...row }) => ({
          ...row,
          kind: kind === 'USER' ? 'user' : 'guest',
          person: user?.name ?? visits[0]?.name ?? 'Guest',
          email: user?.email ?? null,
          meetingTitle: meeting?.title ?? null,
          current: row.id === currentId,
        })),
        next: last ? { createdAt: last.createdAt, id: last.id } : null,
      }
    },
  }
}

/** Rows after a position in (createdAt, id) descending: keyset paging over an index, not an offset. */
export const olderThan = ({ createdAt, id }: Position) => ({
  OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }],
})
