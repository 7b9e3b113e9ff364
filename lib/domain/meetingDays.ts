import type { MeetingSummary } from './meetingSummary.ts'

export type MeetingDay = {
  /** `YYYY-MM-DD` in the viewer's zone. */
  readonly day: string
  /** "Today", "Tomorrow" or "Friday 4 December". */
  readonly label: string
  readonly meetings: readonly MeetingSummary[]
}

export type MeetingDays = {
  readonly upcoming: readonly MeetingDay[]
  /** Links without a date that still open. */
  readonly anytime: readonly MeetingSummary[]
  readonly past: readonly MeetingSummary[]
}

const dayOf = (instant: Date, timeZone: string): string =>
  // The one locale whose short date is ISO 8601.
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(instant)

const daysApart = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)

function labelOf(day: string, today: string): string {
  const ahead = daysApart(today, day)
  if (ahead === 0) return 'Today'
  if (ahead === 1) return 'Tomorrow'
  if (ahead === -1) return 'Yesterday'
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' as const }
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...year,
    timeZone: 'UTC',
  })
    .format(new Date(`${day}T00:00:00Z`))
    .replace(',', '')
}

/** When its next time ends, in epoch milliseconds; null when there is none. */
const endOf = (meeting: MeetingSummary): number | null =>
  meeting.nextAt === null ? null : Date.parse(meeting.nextAt) + meeting.durationMinutes * 60_000

/** Whether the meeting's scheduled time is running. */
export const isRunning = (meeting: MeetingSummary, now: Date): boolean => {
  const end = endOf(meeting)
  return (
    meeting.nextAt !== null &&
    end !== null &&
    Date.parse(meeting.nextAt) <= now.getTime() &&
    now.getTime() < end
  )
}

const SOON_MINUTES = 30

/** Whole minutes until it begins, when that is soon (half an hour); else null. */
export function minutesUntil(meeting: MeetingSummary, now: Date): number | null {
  if (meeting.nextAt === null || meeting.ended) return null
  const minutes = Math.ceil((Date.parse(meeting.nextAt) - now.getTime()) / 60_000)
  return minutes > 0 && minutes <= SOON_MINUTES ? minutes : null
}

/**
 * A host's meetings as they read them: by the day on which each is next, in the viewer's own zone.
 * A page that stays open moves what has ended meanwhile to the past (a series until the next load brings its next time).
 */
export function arrangeMeetings(
  meetings: readonly MeetingSummary[],
  timeZone: string,
  now: Date,
): MeetingDays {
  const today = dayOf(now, timeZone)
  const isOver = (meeting: MeetingSummary): boolean =>
    meeting.ended || (meeting.startsAt !== null && (endOf(meeting) ?? 0) <= now.getTime())
  const byDay = new Map<string, MeetingSummary[]>()
  const dated = meetings.filter((meeting) => !isOver(meeting) && meeting.nextAt !== null)
  for (const meeting of dated.sort((a, b) => (a.nextAt ?? '').localeCompare(b.nextAt ?? ''))) {
    const day = dayOf(new Date(meeting.nextAt ?? 0), timeZone)
    byDay.set(day, [...(byDay.get(day) ?? []), meeting])
  }
  return {
    upcoming: [...byDay].map(([day, ofDay]) => ({ day, label: labelOf(day, today), meetings: ofDay })),
    anytime: meetings.filter((meeting) => !isOver(meeting) && meeting.startsAt === null),
    past: meetings.filter(isOver),
  }
}
