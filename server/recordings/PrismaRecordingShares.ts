import type { Prisma, PrismaClient } from '@prisma/client'
import { AppError } from '#lib/errors.ts'
import type { RecordingShareView } from '#lib/protocol/recordings.ts'
import type { NewShare } from '#lib/protocol/viewing.ts'
import { audit } from '#server/auth/PrismaAudit.ts'
import { database } from '#server/db.ts'
import type { Actor } from '#server/meetings/PrismaMeetings.ts'
import { liveAt, notHere, sharedAt } from './PrismaRecordingViews.ts'
import { type ShareUse, shareUses, UNUSED } from './PrismaShareUses.ts'
import { hashOfSecret, newShareSecret } from './shareSecrets.ts'

/** Links of one recording that may be open at a time. */
const MOST_SHARES = 50
const MOST_LISTED = 200
const DAY_MS = 86_400_000

const COLUMNS = {
  id: true,
  label: true,
  download: true,
  passcodeHash: true,
  createdAt: true,
  expiresAt: true,
  revokedAt: true,
} as const

/** What has run out or was revoked comes after all that has not: however many there are, no link that works is cut off. */
const LIVE_FIRST = [
  { revokedAt: { sort: 'desc', nulls: 'first' } },
  { expiresAt: { sort: 'desc', nulls: 'first' } },
  { id: 'desc' },
] satisfies Prisma.RecordingShareOrderByWithRelationInput[]

type ShareRow = {
  id: string
  label: string
  download: boolean
  passcodeHash: string | null
  createdAt: Date
  expiresAt: Date | null
  revokedAt: Date | null
}

/** A link that works now. */
export type LiveShare = {
  readonly id: string
  readonly recordingId: string
  readonly label: string
  readonly download: boolean
  readonly passcodeHash: string | null
  readonly expiresAt: Date | null
}

/**
 * Links to a recording, for people without an account here. The owner's calls name the owner in the one query they
 * make; a link's holder is told by its secret (of which the table has only the hash) or by the id in their token.
 */
export interface RecordingShares {
  /** Those that work first, each kind the newest first. */
  list(ownerId: string, recordingId: string): Promise<RecordingShareView[]>
  /**
   * @returns the link's secret, which nobody can read again
   * @throws AppError conflict when there are 50, and for what its host keeps on their device
   */
  create(
    actor: Actor,
    recordingId: string,
    share: Omit<NewShare, 'passcode'>,
    passcodeHash: string | null,
  ): Promise<{ share: RecordingShareView; secret: string }>
  /** Ends it at once, also for who is watching. Again is no error. */
  revoke(actor: Actor, recordingId: string, shareId: string): Promise<void>
  /** Null for an unknown, an expired and a revoked one alike, one of a recording that is gone, and one of a disabled account. */
  findBySecret(secret: string): Promise<LiveShare | null>
  findLive(shareId: string): Promise<LiveShare | null>
}

const gone = () => AppError.notFound('This recording')

export function createRecordingShares(
  prisma: PrismaClient,
  now: () => Date = () => new Date(),
): RecordingShares {
  const owned = (ownerId: string, id: string) => ({ id, ownerId, ...liveAt(now()) })
  /** Neither revoked nor run out. */
  const open = () => ({ revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now() } }] })
  const live = () => ({ ...open(), recording: sharedAt(now()) })
  const LIVE_COLUMNS = {
    id: true,
    recordingId: true,
    label: true,
    download: true,
    passcodeHash: true,
    expiresAt: true,
  } as const

  return {
    list: async (ownerId, id) => {
      const recording = await prisma.recording.findFirst({
        where: owned(ownerId, id),
        select: { shares: { orderBy: LIVE_FIRST, take: MOST_LISTED, select: COLUMNS } },
      })
      if (!recording) throw gone()
      const uses = await shareUses(
        prisma,
        id,
        recording.shares.map((row) => row.id),
      )
      return recording.shares
        .toSorted(byOpenThenNewest(now()))
        .map((row) => viewOf(row, uses.get(row.id) ?? UNUSED))
    },

    create: (actor, recordingId, { label, download, expiresInDays }, passcodeHash) =>
      prisma.$transaction(async (transaction) => {
        const recording = await transaction.recording.findFirst({
          where: owned(actor.userId, recordingId),
          select: { kind: true, _count: { select: { shares: { where: open() } } } },
        })
        if (!recording) throw gone()
        if (recording.kind === 'DEVICE') throw notHere()
        if (recording._count.shares >= MOST_SHARES) {
          throw new AppError(
            'conflict',
            'There are 50 links already. Revoke one that is not needed any more.',
          )
        }
        const secret = newShareSecret()
        const expiresAt = expiresInDays === null ? null : new Date(now().getTime() + expiresInDays * DAY_MS)
        const row = await transaction.recordingShare.create({
          data: { recordingId, secretHash: hashOfSecret(secret), label, download, passcodeHash, expiresAt },
          select: COLUMNS,
        })
        await audit(transaction, {
          action: 'recording.shared',
          actorId: actor.userId,
          targetId: recordingId,
          address: actor.address ?? null,
          details: { share: row.id, label, download, passcode: passcodeHash !== null, expiresInDays },
        })
        return { share: viewOf(row, UNUSED), secret }
      }),

    revoke: (actor, recordingId, shareId) =>
      prisma.$transaction(async (transaction) => {
        const which = { id: shareId, recording: owned(actor.userId, recordingId) }
        const { count } = await transaction.recordingShare.updateMany({
          where: { ...which, revokedAt: null },
          data: { revokedAt: now() },
        })
        if (count === 0) {
          const there = await transaction.recordingShare.findFirst({ where: which, select: { id: true } })
          if (!there) throw AppError.notFound('This link')
          return
        }
        await audit(transaction, {
          action: 'recording.shareRevoked',
          actorId: actor.userId,
          targetId: recordingId,
          address: actor.address ?? null,
          details: { share: shareId },
        })
      }),

    findBySecret: (secret) =>
      prisma.recordingShare.findFirst({
        where: { secretHash: hashOfSecret(secret), ...live() },
        select: LIVE_COLUMNS,
      }),

    findLive: (id) => prisma.recordingShare.findFirst({ where: { id, ...live() }, select: LIVE_COLUMNS }),
  }
}

const isOpen = ({ revokedAt, expiresAt }: ShareRow, at: Date): boolean =>
  revokedAt === null && (expiresAt === null || expiresAt > at)

const byOpenThenNewest =
  (at: Date) =>
  (one: ShareRow, other: ShareRow): number =>
    Number(isOpen(other, at)) - Number(isOpen(one, at)) || other.createdAt.getTime() - one.createdAt.getTime()

const viewOf = ({ id, label, download, ...row }: ShareRow, use: ShareUse): RecordingShareView => ({
  id,
  label,
  download,
  hasPasscode: row.passcodeHash !== null,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  revoked: row.revokedAt !== null,
  watched: use.watched,
  downloaded: use.downloaded,
  lastUsedAt: use.lastUsedAt?.toISOString() ?? null,
})

/** Stateless over the process's one database client. */
export const recordingShares = (): RecordingShares => createRecordingShares(database())
