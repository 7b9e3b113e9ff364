import type { Prisma, PrismaClient } from '@prisma/client'
import { AppError } from '#lib/errors.ts'
import type { RecordingSummary, RecordingView, TimelineEvent } from '#lib/protocol/recordings.ts'
import type { NewChapter } from '#lib/protocol/viewing.ts'
import { audit } from '#server/auth/PrismaAudit.ts'
import { database } from '#server/db.ts'
import type { Actor } from '#server/meetings/PrismaMeetings.ts'
import { decodeCursor, encodeCursor } from '#server/meetings/pageCursor.ts'
import { HIDDEN_KINDS, WATCHED_KINDS } from './fileKinds.ts'
import { type Agreed, agreedOf, tellsOf } from './PrismaAgreement.ts'
import { GAVE_UP, LEFT, leftToFinish } from './PrismaLeftParts.ts'
import {
  EVENT_COLUMNS,
  FILE_COLUMNS,
  SUMMARY_COLUMNS,
  summarise,
  viewOfEvent,
  viewOfFile,
} from './recordingRow.ts'

/** Rows per page of the list; the cursor leads to the next (PR-5). */
export const RECORDINGS_PER_PAGE = 30
const MOST_FILES = 600
const MOST_EVENTS = 20_000
const MOST_MESSAGES = 5_000
const MOST_CHAPTERS = 200

export type RecordingFilter = {
  /** In the title, the meeting's title, or the name of somebody whom it tells of. */
  readonly q?: string | undefined
  readonly meeting?: string | undefined
  readonly cursor?: string | undefined
}

/** What one may see of a recording: all of it, or what a link of its own shows. */
export type ViewOptions = { readonly owned: boolean; readonly download: boolean }

/**
 * Recordings as their owners, the meetings' hosts, see and keep them. Every read and write is one query that names the
 * owner (RM-9): a foreign, a deleted, an expired and an unknown id all throw the same `not-found`.
 */
export interface RecordingViews {
  list(
    ownerId: string,
    filter?: RecordingFilter,
  ): Promise<{ recordings: RecordingSummary[]; nextCursor: string | null }>
  find(ownerId: string, id: string): Promise<RecordingView>
  /** For whoever holds a link to it, which the caller has checked. */
  findShared(id: string, download: boolean): Promise<RecordingView>
  rename(actor: Actor, id: string, title: string): Promise<void>
  /** @throws AppError conflict when there are 200 of them */
  addChapter(actor: Actor, id: string, chapter: NewChapter): Promise<TimelineEvent>
  removeChapter(actor: Actor, id: string, chapterId: string): Promise<void>
  /** That it is theirs and ready, for what needs finished files. @throws AppError conflict while it is not */
  requireReady(ownerId: string, id: string): Promise<void>
  /** It is put together anew. @throws AppError conflict unless it failed and something of it is left */
  finishAgain(actor: Actor, id: string): Promise<void>
  /** Nobody sees it from here on. @throws AppError conflict while it goes on */
  markDeleted(actor: Actor, id: string): Promise<void>
}

const gone = () => AppError.notFound('This recording')
/** Of one that its host keeps on their device. */
export const notHere = () => new AppError('conflict', 'This recording is on a device, not here.')

/** Neither deleted nor past its keeping. */
export const liveAt = (now: Date): Prisma.RecordingWhereInput => ({
  deletedAt: null,
  OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
})

/** What a link may lead to: live, and of somebody who may still sign in, and so can take the link back. */
export const sharedAt = (now: Date): Prisma.RecordingWhereInput => ({
  ...liveAt(now),
  owner: { disabledAt: null },
})

function createRecordingViews(prisma: PrismaClient, now: () => Date = () => new Date()): RecordingViews {
  const owned = (ownerId: string, id: string) => ({ id, ownerId, ...liveAt(now()) })

  return {
    list: async (ownerId, filter = {}) => {
      const rows = await prisma.recording.findMany({
        where: { ownerId, AND: [liveAt(now()), ...conditions(filter)] },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: RECORDINGS_PER_PAGE + 1,
        select: SUMMARY_COLUMNS,
      })
      const page = rows.slice(0, RECORDINGS_PER_PAGE)
      const last = page.at(-1)
      return {
        recordings: page.map(summarise),
        nextCursor: rows.length > page.length && last ? encodeCursor(last) : null,
      }
    },

    find: (ownerId, id) => view(prisma, owned(ownerId, id), { owned: true, download: true }),
    findShared: (id, download) => view(prisma, { id, ...sharedAt(now()) }, { owned: false, download }),

    rename: (actor, id, title) =>
      prisma.$transaction(async (transaction) => {
        const { count } = await transaction.recording.updateMany({
          where: owned(actor.userId, id),
          data: { title },
        })
        if (count === 0) throw gone()
        await note(transaction, actor, 'recording.renamed', id)
      }),

    addChapter: (actor, id, { atMs, title }) =>
      prisma.$transaction(async (transaction) => {
        const recording = await transaction.recording.findFirst({
          where: owned(actor.userId, id),
          select: {
            id: true,
            durationMs: true,
            _count: { select: { events: { where: { type: 'chapter' } } } },
          },
        })
        if (!recording) throw gone()
        if (recording._count.events >= MOST_CHAPTERS) {
          throw new AppError('conflict', `A recording has at most ${MOST_CHAPTERS} chapters.`)
        }
        const at = Math.min(atMs, recording.durationMs ?? atMs)
        const row = await transaction.recordingEvent.create({
          data: { recordingId: id, type: 'chapter', atMs: at, text: title },
          select: EVENT_COLUMNS,
        })
        return { ...row, type: 'chapter', participantId: null }
      }),

    removeChapter: async (actor, id, chapterId) => {
      const { count } = await prisma.recordingEvent.deleteMany({
        where: { id: chapterId, type: 'chapter', recording: owned(actor.userId, id) },
      })
      if (count === 0) throw AppError.notFound('This chapter')
    },

    requireReady: async (ownerId, id) => {
      const row = await prisma.recording.findFirst({
        where: owned(ownerId, id),
        select: { kind: true, state: true },
      })
      if (!row) throw gone()
      if (row.kind === 'DEVICE') throw notHere()
      if (row.state !== 'READY') throw new AppError('conflict', 'This recording is still being prepared.')
    },

    finishAgain: (actor, id) =>
      prisma.$transaction(async (transaction) => {
        const where = owned(actor.userId, id)
        const left = { ...where, parts: { some: LEFT } }
        const failed = await transaction.recording.updateMany({
          where: { ...left, state: 'FAILED' },
          data: { state: 'FINISHING', attempts: 0 },
        })
        // It can be watched all the while.
        const gaveUp = await transaction.recording.updateMany({
          where: { ...left, ...GAVE_UP },
          data: { attempts: 0 },
        })
        if (failed.count + gaveUp.count > 0) return note(transaction, actor, 'recording.finishedAgain', id)
        if ((await transaction.recording.count({ where })) === 0) throw gone()
        throw new AppError('conflict', 'This recording is being prepared already, or nothing is left of it.')
      }),

    markDeleted: (actor, id) =>
      prisma.$transaction(async (transaction) => {
        const { count } = await transaction.recording.updateMany({
          where: { ...owned(actor.userId, id), state: { in: ['FINISHING', 'READY', 'FAILED', 'KEPT'] } },
          data: { deletedAt: now() },
        })
        if (count === 0) {
          const row = await transaction.recording.findFirst({
            where: owned(actor.userId, id),
            select: { id: true },
          })
          if (!row) throw gone()
          throw new AppError('conflict', 'This recording goes on. Stop it in the meeting first.')
        }
        await note(transaction, actor, 'recording.deleted', id)
      }),
  }
}

function conditions({ q, meeting, cursor }: RecordingFilter): Prisma.RecordingWhereInput[] {
  const words = q?.trim() ?? ''
  // Prisma hands these on to LIKE as they are.
  const literal = words.replace(/[\\%_]/g, '\\$&')
  const contains = { contains: literal, mode: 'insensitive' } as const
  const fits: Prisma.RecordingWhereInput = {
    OR: [{ title: contains }, { meeting: { title: contains } }, tellsOf(contains)],
  }
  return [
    ...(words === '' ? [] : [fits]),
    ...(meeting === undefined ? [] : [{ meetingId: meeting }]),
    ...(cursor === undefined ? [] : [after(cursor)]),
  ]
}

/** Keyset paging: rows behind the cursor in the list's own order, by its index. */
function after(cursor: string): Prisma.RecordingWhereInput {
  const { createdAt, id } = decodeCursor(cursor)
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] }
}

async function view(
  prisma: PrismaClient,
  where: Prisma.RecordingWhereInput,
  { owned, download }: ViewOptions,
): Promise<RecordingView> {
  const row = await prisma.recording.findFirst({
    where,
    select: {
      ...SUMMARY_COLUMNS,
      conferenceId: true,
      attempts: true,
      files: {
        // Who may only watch is told of nothing else.
        where: download ? { kind: { notIn: [...HIDDEN_KINDS] } } : { kind: { in: [...WATCHED_KINDS] } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        take: MOST_FILES,
        select: FILE_COLUMNS,
      },
      events: { orderBy: [{ atMs: 'asc' }, { id: 'asc' }], take: MOST_EVENTS, select: EVENT_COLUMNS },
    },
  })
  if (!row) throw gone()
  const { unfinished, tracksAwaited, gaveUp } = await leftToFinish(prisma, row)
  const agreed = agreedOf(row)
  return {
    ...summarise(row),
    files: row.files.flatMap((file) => viewOfFile(file, agreed)),
    events: row.events.flatMap((event) => viewOfEvent(event, agreed)),
    chat: await chatOf(prisma, row, agreed),
    unfinished,
    tracksAwaited: tracksAwaited && download,
    gaveUp: gaveUp && owned,
    mayDownload: download,
    owned,
  }
}

type Recorded = { conferenceId: string; startedAt: Date | null; durationMs: number | null }

/** What was written while it was recorded, by those it tells of; what was said before or after is not part of it. */
async function chatOf(
  prisma: PrismaClient,
  { conferenceId, startedAt, durationMs }: Recorded,
  agreed: Agreed,
) {
  if (startedAt === null || durationMs === null) return []
  const until = new Date(startedAt.getTime() + durationMs)
  const rows = await prisma.chatMessage.findMany({
    where: {
      conferenceId,
      sentAt: { gte: startedAt, lte: until },
      ...(agreed !== null && { visitId: { in: [...agreed] } }),
    },
    orderBy: { seq: 'asc' },
    take: MOST_MESSAGES,
    select: { id: true, authorName: true, text: true, sentAt: true },
  })
  return rows.map(({ id, authorName, text, sentAt }) => ({
    id,
    atMs: sentAt.getTime() - startedAt.getTime(),
    author: authorName,
    text,
  }))
}

const note = (
  transaction: Prisma.TransactionClient,
  { userId, address }: Actor,
  action: 'recording.renamed' | 'recording.finishedAgain' | 'recording.deleted',
  targetId: string,
): Promise<void> => audit(transaction, { action, actorId: userId, targetId, address: address ?? null })

/** Stateless over the process's one database client. */
export const recordingViews = (): RecordingViews => createRecordingViews(database())
