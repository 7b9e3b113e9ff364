import type { MeetingSummary } from '#lib/domain/meetingSummary.ts'
import { nextOccurrence } from '#lib/domain/recurrence.ts'
import { REPEATS, type Repeats } from '#lib/domain/schedule.ts'
import { type RecordingPolicy, recordingPolicy } from '#lib/protocol/recordings.ts'

/** The columns a summary needs: no other leaves the database. */
export const SUMMARY_COLUMNS = {
  id: true,
  code: true,
  title: true,
  startsAt: true,
  durationMinutes: true,
  timeZone: true,
  repeats: true,
  lobby: true,
  recordingPolicy: true,
  recordingConsent: true,
  recordingKeepDays: true,
  endedAt: true,
  createdAt: true,
} as const

export type SummaryRow = {
  id: string
  code: string
  title: string
  startsAt: Date | null
  durationMinutes: number
  timeZone: string
  repeats: Uppercase<Repeats>
  lobby: boolean
  recordingPolicy: Uppercase<RecordingPolicy>
  recordingConsent: boolean
  recordingKeepDays: number | null
  endedAt: Date | null
  createdAt: Date
}

export const repeatsFromRow = (stored: Uppercase<Repeats>): Repeats =>
  REPEATS.find((value) => value.toUpperCase() === stored) ?? 'none'

const ROW_VALUES = {
  none: 'NONE',
  daily: 'DAILY',
  weekdays: 'WEEKDAYS',
  weekly: 'WEEKLY',
  monthly: 'MONTHLY',
} as const
export const repeatsToRow = (repeats: Repeats): Uppercase<Repeats> => ROW_VALUES[repeats]

export const recordingPolicyFromRow = (stored: Uppercase<RecordingPolicy>): RecordingPolicy =>
  recordingPolicy.options.find((value) => value.toUpperCase() === stored) ?? 'never'

const POLICY_VALUES = { never: 'NEVER', ask: 'ASK', automatic: 'AUTOMATIC' } as const
export const recordingPolicyToRow = (policy: RecordingPolicy): Uppercase<RecordingPolicy> =>
  POLICY_VALUES[policy]

/** @param now decides which occurrence is the next */
export function summarise(row: SummaryRow, now: Date): MeetingSummary {
  const repeats = repeatsFromRow(row.repeats)
  const next = row.startsAt && nextOccurrence({ ...row, startsAt: row.startsAt, repeats }, now)
  // "End for everyone" ends a meeting that does not repeat; of one that does, only that time.
  const ended = repeats === 'none' && (row.endedAt !== null || (row.startsAt !== null && next === null))
  return {
    id: row.id,
    code: row.code,
    title: row.title,
    startsAt: row.startsAt?.toISOString() ?? null,
    nextAt: ended ? null : (next?.toISOString() ?? null),
    durationMinutes: row.durationMinutes,
    timeZone: row.timeZone,
    repeats,
    lobby: row.lobby,
    recordingPolicy: recordingPolicyFromRow(row.recordingPolicy),
    recordingConsent: row.recordingConsent,
    recordingKeepDays: row.recordingKeepDays,
    ended,
  }
}
