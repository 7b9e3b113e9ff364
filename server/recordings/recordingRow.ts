import {
  FILE_KINDS,
  type RecordingFileKind,
  type RecordingFileView,
  type RecordingStopReason,
  type RecordingSummary,
  recordingEventType,
  recordingKind,
  recordingState,
  recordingStopReason,
  type TimelineEvent,
} from '#lib/protocol/recordings.ts'
import {
  AGREEMENT_COLUMNS,
  type Agreed,
  type AgreementRow,
  agreedOf,
  isAgreed,
  isToldOf,
} from './PrismaAgreement.ts'

/** People of one recording that a page names; a webinar's five hundred are not all told. */
const MOST_PEOPLE = 100

/** The columns a summary needs: no other leaves the database. The recorder is nobody who was there. */
export const SUMMARY_COLUMNS = {
  id: true,
  title: true,
  meetingId: true,
  kind: true,
  state: true,
  stopReason: true,
  ...AGREEMENT_COLUMNS,
  startedById: true,
  startedByName: true,
  startedAt: true,
  lastChunkAt: true,
  createdAt: true,
  durationMs: true,
  bytes: true,
  expiresAt: true,
  conference: {
    select: {
      visits: {
        where: { role: { not: 'RECORDER' } },
        orderBy: { seat: 'asc' },
        take: MOST_PEOPLE * 2,
        select: { id: true, name: true, joinedAt: true, leftAt: true },
      },
    },
  },
} as const

type VisitRow = { id: string; name: string; joinedAt: Date; leftAt: Date | null }

export type SummaryRow = AgreementRow & {
  id: string
  title: string
  meetingId: string
  kind: string
  state: string
  stopReason: string | null
  startedById: string | null
  startedByName: string | null
  startedAt: Date | null
  lastChunkAt: Date | null
  createdAt: Date
  durationMs: number | null
  bytes: bigint
  expiresAt: Date | null
  conference: { visits: VisitRow[] }
}

export function summarise(row: SummaryRow): RecordingSummary {
  const reason = recordingStopReason.safeParse(row.stopReason)
  const agreed = agreedOf(row)
  return {
    id: row.id,
    title: row.title,
    meetingId: row.meetingId,
    kind: recordingKind.parse(row.kind.toLowerCase()),
    state: recordingState.parse(row.state.toLowerCase()),
    stopReason: reason.success ? (reason.data satisfies RecordingStopReason) : null,
    startedBy: isAgreed(agreed, row.startedById) ? row.startedByName : null,
    startedAt: row.startedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    durationMs: row.durationMs,
    bytes: Number(row.bytes),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    people: peopleDuring(row, agreed),
  }
}

/** Each name once, of those who were there while it was recorded and may be told of. */
function peopleDuring({ conference, startedAt, lastChunkAt }: SummaryRow, agreed: Agreed): string[] {
  const there = conference.visits.filter(
    ({ id, joinedAt, leftAt }) =>
      isAgreed(agreed, id) &&
      (lastChunkAt === null || joinedAt <= lastChunkAt) &&
      (startedAt === null || leftAt === null || leftAt >= startedAt),
  )
  return [...new Set(there.map(({ name }) => name))].slice(0, MOST_PEOPLE)
}

export const FILE_COLUMNS = {
  id: true,
  kind: true,
  mimeType: true,
  bytes: true,
  durationMs: true,
  film: true,
  fromMs: true,
  visitId: true,
  personName: true,
} as const

type FileRow = {
  id: string
  kind: string
  mimeType: string
  bytes: bigint
  durationMs: number
  film: number
  fromMs: number | null
  visitId: string | null
  personName: string | null
}

const kindOf = (kind: string): RecordingFileKind | null => FILE_KINDS.find((known) => known === kind) ?? null

/** None for what is of no kind that we know, and for the own track of somebody who is not told of. */
export function viewOfFile({ kind, bytes, visitId, ...rest }: FileRow, agreed: Agreed): RecordingFileView[] {
  const known = kindOf(kind)
  if (known === null || !isToldOf(agreed, visitId)) return []
  return [{ ...rest, kind: known, bytes: Number(bytes), participantId: visitId }]
}

export const EVENT_COLUMNS = {
  id: true,
  atMs: true,
  durationMs: true,
  type: true,
  visitId: true,
  name: true,
  text: true,
} as const

type EventRow = {
  id: string
  atMs: number
  durationMs: number | null
  type: string
  visitId: string | null
  name: string | null
  text: string | null
}

export function viewOfEvent({ type, visitId, ...rest }: EventRow, agreed: Agreed): TimelineEvent[] {
  const known = recordingEventType.safeParse(type)
  return known.success && isToldOf(agreed, visitId)
    ? [{ ...rest, type: known.data, participantId: visitId }]
    : []
}
