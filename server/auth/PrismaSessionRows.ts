import { Prisma, type PrismaClient } from '@prisma/client'
import type { Identity, SessionEndReason } from './identity.ts'
import type { EndedSession, SessionFilter, SessionRows, SessionState } from './SessionRows.ts'

/** The channel on which a process tells all others that sessions ended or a person changed. */
export const SESSIONS_CHANNEL = 'parley_sessions'

const STATE = {
  id: true,
  kind: true,
  sidHash: true,
  userId: true,
  meetingId: true,
  recordingId: true,
  createdAt: true,
  lastSeenAt: true,
  expiresAt: true,
  revokedAt: true,
  revokedReason: true,
  user: { select: { id: true, name: true, email: true, admin: true, disabledAt: true } },
} satisfies Prisma.SessionSelect

type Row = Prisma.SessionGetPayload<{ select: typeof STATE }>

const REASONS: readonly SessionEndReason[] = ['revoked', 'signed-out', 'expired', 'disabled', 'removed']
const reasonOf = (text: string | null): SessionEndReason =>
  REASONS.find((reason) => reason === text) ?? 'revoked'

/** Sessions in PostgreSQL. Every value from a token or a request is a bound parameter (JW-9, PR-1). */
export function createPrismaSessionRows(prisma: PrismaClient | Prisma.TransactionClient): SessionRows {
  return {
    async find(by) {
      const row = await prisma.session.findUnique({ where: by, select: STATE })
      return row ? stateOf(row) : null
    },

    insert({ kind, ...session }) {
      const data: Prisma.SessionUncheckedCreateInput = { ...session, kind: KIND_TO_ROW[kind] }
      return prisma.session.create({ data, select: { id: true } })
    },

    end: (which, by, reason) => end(prisma, conditions(which), by, reason),

    endBeyond(userId, most) {
      const beyond = Prisma.sql`id IN (
        SELECT id FROM "Session" WHERE "userId" = ${userId}::uuid AND "revokedAt" IS NULL AND "expiresAt" > now()
        ORDER BY "lastSeenAt" DESC, id DESC OFFSET ${most})`
      return end(prisma, beyond, null, 'revoked')
    },

    async endedAmong(ids) {
      const rows = await prisma.session.findMany({
        where: { id: { in: [...ids] } },
        select: { id: true, revokedAt: true, revokedReason: true, user: { select: { disabledAt: true } } },
      })
      const found = new Set(rows.map(({ id }) => id))
      const gone: EndedSession[] = ids
        .filter((id) => !found.has(id))
        .map((sessionId) => ({ sessionId, reason: 'revoked' }))
      const ended = rows.flatMap((row): EndedSession[] => {
        const reason = endedReason(row.revokedAt, row.revokedReason, row.user?.disabledAt ?? null)
        return reason ? [{ sessionId: row.id, reason }] : []
      })
      return [...gone, ...ended]
    },

    async markSeen(ids, at) {
      await prisma.session.updateMany({
        where: { id: { in: [...ids] }, revokedAt: null, lastSeenAt: { lt: at } },
        data: { lastSeenAt: at },
      })
    },
  }
}

/** Ends those that live and tells every process, in one statement: the news is out exactly when the end is committed. */
async function end(
  prisma: PrismaClient | Prisma.TransactionClient,
  which: Prisma.Sql,
  by: string | null,
  reason: SessionEndReason,
): Promise<string[]> {
  const rows = await prisma.$queryRaw<{ id: string }[]>`
    WITH ended AS (
      UPDATE "Session" SET "revokedAt" = now(), "revokedById" = ${by}::uuid, "revokedReason" = ${reason}
      WHERE "revokedAt" IS NULL AND ${which}
      RETURNING id
    )
    SELECT id::text AS id,
           pg_notify(${SESSIONS_CHANNEL}, json_build_object('sessionId', id, 'reason', ${reason}::text)::text)::text
    FROM ended`
  return rows.map(({ id }) => id)
}

function conditions({ id, userId, meetingId, recordingId, exceptId }: SessionFilter): Prisma.Sql {
  if ([id, userId, meetingId, recordingId].every((value) => value === undefined)) {
    throw new Error('Refusing to end every session: a filter needs an id, a user, a meeting or a recording.')
  }
  const all: Prisma.Sql[] = []
  if (id !== undefined) all.push(Prisma.sql`id = ${id}::uuid`)
  if (userId !== undefined) all.push(Prisma.sql`"userId" = ${userId}::uuid`)
  if (meetingId !== undefined) all.push(Prisma.sql`"meetingId" = ${meetingId}::uuid`)
  if (recordingId !== undefined) all.push(Prisma.sql`"recordingId" = ${recordingId}::uuid`)
  if (exceptId !== undefined) all.push(Prisma.sql`id <> ${exceptId}::uuid`)
  return Prisma.join(all, ' AND ')
}

function endedReason(revokedAt: Date | null, reason: string | null, disabledAt: Date | null) {
  if (revokedAt) return reasonOf(reason)
  return disabledAt ? 'disabled' : null
}

function stateOf(row: Row): SessionState {
  return {
    id: row.id,
    sidHash: row.sidHash,
    subject: row.userId ?? row.id,
    identity: identityOf(row),
    userId: row.userId,
    expiresAtMs: row.expiresAt.getTime(),
    lastSeenMs: row.lastSeenAt.getTime(),
    ended: endedReason(row.revokedAt, row.revokedReason, row.user?.disabledAt ?? null),
  }
}

const KIND_TO_ROW = { user: 'USER', guest: 'GUEST', recorder: 'RECORDER' } as const

function identityOf({ id, kind, user, meetingId, recordingId, createdAt }: Row): Identity {
  if (kind === 'USER' && user) {
    const { id: userId, name, email, admin } = user
    return { kind: 'user', sessionId: id, userId, name, email, admin, signedInAt: createdAt }
  }
  if (kind === 'GUEST' && meetingId) return { kind: 'guest', sessionId: id, meetingId }
  if (kind === 'RECORDER' && meetingId && recordingId)
    return { kind: 'recorder', sessionId: id, meetingId, recordingId }
  throw new Error(`Session ${id} belongs to nobody.`)
}
