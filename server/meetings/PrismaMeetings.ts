import { randomBytes } from 'node:crypto'
import type { Prisma, PrismaClient } from '@prisma/client'
import { createMeetingCode } from '#lib/domain/meetingCode.ts'
import type { MeetingSummary } from '#lib/domain/meetingSummary.ts'
import { instantOf, wallClock } from '#lib/domain/recurrence.ts'
import type { Repeats } from '#lib/domain/schedule.ts'
import { AppError } from '#lib/errors.ts'
import type { RecordingPolicy } from '#lib/protocol/recordings.ts'
import { database } from '#server/db.ts'
import type { CreateMeetingInput, UpdateMeetingInput } from './meetingInput.ts'
import {
  recordingPolicyFromRow,
  recordingPolicyToRow,
  repeatsFromRow,
  repeatsToRow,
  SUMMARY_COLUMNS,
  summarise,
} from './meetingSummary.ts'
import { decodeCursor, encodeCursor } from './pageCursor.ts'

/** Rows per page of the list; the cursor leads to the next (PR-5). */
export const MEETINGS_PER_PAGE = 50
const INSTANT_MEETING_TITLE = 'Instant meeting'
const YEARS_AROUND = 5

/** Who acts, and from where: for the audit trail. */
export type Actor = { readonly userId: string; readonly address?: string | undefined }

export type MeetingAtDoor = {
  readonly id: string
  readonly code: string
  readonly title: string
  readonly hostId: string
  readonly lobby: boolean
  readonly endedAt: Date | null
  readonly repeats: Repeats
  readonly recordingPolicy: RecordingPolicy
  readonly recordingConsent: boolean
  /** The recording that goes on, or null. */
  readonly recorded: { readonly asks: boolean } | null
}

/**
 * Meetings as their hosts keep them. Every read and write is one query that names the owner (RM-9):
 * a foreign, a deleted and an unknown id all throw the same `not-found`.
 */
export interface Meetings {
  /** For a share link. Null for unknown and for deleted. */
  findByCode(code: string): Promise<MeetingAtDoor | null>
  list(hostId: string, cursor?: string): Promise<{ meetings: MeetingSummary[]; nextCursor: string | null }>
  find(hostId: string, id: string): Promise<MeetingSummary>
  create(actor: Actor, input: CreateMeetingInput): Promise<MeetingSummary>
  update(actor: Actor, id: string, changes: UpdateMeetingInput): Promise<MeetingSummary>
  /** Marks it as deleted: the link opens nothing any more. */
  delete(actor: Actor, id: string): Promise<void>
}

/** @param now replaced by tests that ask about another day */
export function createMeetings(prisma: PrismaClient, now: () => Date = () => new Date()): Meetings {
  return {
    findByCode: async (code) => {
      const row = await prisma.meeting.findFirst({
        where: { code, deletedAt: null },
        select: {
          id: true,
          code: true,
          title: true,
          hostId: true,
          lobby: true,
          endedAt: true,
          repeats: true,
          recordingPolicy: true,
          recordingConsent: true,
          recordings: {
            where: { state: { in: ['WAITING', 'RUNNING'] }, deletedAt: null, conference: { endedAt: null } },
            select: { consentAsked: true },
            take: 1,
          },
        },
      })
      if (!row) return null
      const { recordings, ...plain } = row
      return {
        ...plain,
        repeats: repeatsFromRow(row.repeats),
        recordingPolicy: recordingPolicyFromRow(row.recordingPolicy),
        recorded: recordings[0] ? { asks: recordings[0].consentAsked } : null,
      }
    },

    list: async (hostId, cursor) => {
      const rows = await prisma.meeting.findMany({
        where: { hostId, deletedAt: null, ...(cursor === undefined ? {} : after(cursor)) },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: MEETINGS_PER_PAGE + 1,
        select: SUMMARY_COLUMNS,
      })
      const page = rows.slice(0, MEETINGS_PER_PAGE)
      const last = page.at(-1)
      return {
        meetings: page.map((row) => summarise(row, now())),
        nextCursor: rows.length > page.length && last ? encodeCursor(last) : null,
      }
    },

    find: async (hostId, id) => {
      const row = await prisma.meeting.findFirst({
        where: { id, hostId, deletedAt: null },
        select: SUMMARY_COLUMNS,
      })
      if (!row) throw AppError.notFound('This meeting')
      return summarise(row, now())
    },

    create: (actor, input) =>
      prisma.$transaction(async (transaction) => {
        const row = await transaction.meeting.create({
          data: { hostId: actor.userId, code: createMeetingCode(randomBytes), ...columnsOf(input, now()) },
          select: SUMMARY_COLUMNS,
        })
        await audit(transaction, actor, 'meeting.created', row.id)
        return summarise(row, now())
      }),

    update: (actor, id, changes) =>
      prisma.$transaction(async (transaction) => {
        const data = await changedColumns(transaction, actor.userId, id, changes, now())
        const [row] = await transaction.meeting.updateManyAndReturn({
          where: { id, hostId: actor.userId, deletedAt: null },
          data,
          select: SUMMARY_COLUMNS,
        })
        if (!row) throw AppError.notFound('This meeting')
        await audit(transaction, actor, 'meeting.updated', id, { fields: Object.keys(changes) })
        return summarise(row, now())
      }),

    delete: (actor, id) =>
      prisma.$transaction(async (transaction) => {
        const { count } = await transaction.meeting.updateMany({
          where: { id, hostId: actor.userId, deletedAt: null },
          data: { deletedAt: now() },
        })
        if (count === 0) throw AppError.notFound('This meeting')
        await audit(transaction, actor, 'meeting.deleted', id)
      }),
  }
}

/** Keyset paging: rows behind the cursor in the list's own order, by its index. */
function after(cursor: string): Prisma.MeetingWhereInput {
  const { createdAt, id } = decodeCursor(cursor)
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] }
}

const columnsOf = (input: CreateMeetingInput, now: Date) =>
  input.kind === 'now'
    ? { title: INSTANT_MEETING_TITLE }
    : {
        title: input.title,
        startsAt: startOf(input.date, input.time, input.timeZone, { from: yesterday(now), now }),
        durationMinutes: input.durationMinutes,
        timeZone: input.timeZone,
        repeats: repeatsToRow(input.repeats),
        lobby: input.lobby,
        recordingPolicy: recordingPolicyToRow(input.recordingPolicy),
        recordingConsent: input.recordingConsent,
        recordingKeepDays: input.recordingKeepDays,
      }

/**
 * Date, time and zone make one instant together: where only some of them change, the others are read first.
 * A new time also opens a meeting again that had been ended.
 */
async function changedColumns(
  transaction: Prisma.TransactionClient,
  hostId: string,
  id: string,
  { date, time, repeats, recordingPolicy, ...plain }: UpdateMeetingInput,
  now: Date,
): Promise<Prisma.MeetingUpdateManyMutationInput> {
  const columns = {
    ...plain,
    ...(repeats && { repeats: repeatsToRow(repeats) }),
    ...(recordingPolicy && { recordingPolicy: recordingPolicyToRow(recordingPolicy) }),
  }
  if (date === undefined && time === undefined && plain.timeZone === undefined) return columns
  const stored = await transaction.meeting.findFirst({
    where: { id, hostId, deletedAt: null },
    select: { startsAt: true, timeZone: true },
  })
  if (!stored) throw AppError.notFound('This meeting')
  const zone = plain.timeZone ?? stored.timeZone
  const former = stored.startsAt && wallClock(stored.startsAt, stored.timeZone)
  if (former && (date ?? former.date) === former.date && (time ?? former.time) === former.time) {
    // Sent back unchanged: not measured again, for it may lie years back in a series that still goes on.
    if (zone === stored.timeZone) return columns
  }
  // A series that began long ago keeps its first day when only its time is changed.
  const range = { from: yearsFrom(now, -YEARS_AROUND), now }
  const startsAt = startOf(date ?? former?.date, time ?? former?.time, zone, range)
  return { ...columns, startsAt, endedAt: null }
}

const yesterday = (now: Date): Date => new Date(now.getTime() - 24 * 3_600_000)

function yearsFrom(now: Date, years: number): Date {
  const moved = new Date(now)
  moved.setUTCFullYear(now.getUTCFullYear() + years)
  return moved
}

/** @throws AppError `invalid-request` that says what to change */
function startOf(
  date: string | undefined,
  time: string | undefined,
  timeZone: string,
  range: { from: Date; now: Date },
): Date {
  if (date === undefined || time === undefined) {
    throw new AppError('invalid-request', 'A time needs a date, and a date a time.')
  }
  const instant = instantOf(date, time, timeZone)
  if (!instant.ok) {
    throw new AppError(
      'invalid-request',
      'The clocks skip this time in that time zone on that day. Choose another one.',
    )
  }
  if (instant.value > yearsFrom(range.now, YEARS_AROUND) || instant.value < range.from) {
    throw new AppError('invalid-request', `Choose a date from today to ${YEARS_AROUND} years ahead.`)
  }
  return instant.value
}

async function audit(
  transaction: Prisma.TransactionClient,
  actor: Actor,
  action: `meeting.${'created' | 'updated' | 'deleted'}`,
  targetId: string,
  details: Prisma.InputJsonObject = {},
): Promise<void> {
  await transaction.auditEvent.create({
    data: { actorId: actor.userId, action, targetId, address: actor.address ?? null, details },
    select: { id: true },
  })
}

/** The process's meetings: stateless over the one database client. */
export const meetings = (): Meetings => createMeetings(database())
