import type { Repeats } from '#lib/domain/schedule.ts'
import type { RecordingPolicy } from '#lib/protocol/recordings.ts'

/** The form as it is typed: text, until it is sent. */
export type MeetingFields = {
  readonly title: string
  /** As typed; `YYYY-MM-DD` once understood. Empty for a meeting without a date. */
  readonly date: string
  readonly time: string
  readonly durationMinutes: number
  readonly repeats: Repeats
  readonly timeZone: string
  readonly lobby: boolean
  readonly recordingPolicy: RecordingPolicy
  readonly recordingConsent: boolean
  readonly recordingKeepDays: number | null
}

export const DURATIONS = [15, 30, 45, 60, 90, 120, 180, 240, 480] as const

export const REPEAT_CHOICES: ReadonlyArray<{ readonly value: Repeats; readonly label: string }> = [
  { value: 'none', label: 'Does not repeat' },
  { value: 'daily', label: 'Daily' },
  { value: 'weekdays', label: 'Every weekday (Monday to Friday)' },
  { value: 'weekly', label: 'Weekly' },
  { value: 'monthly', label: 'Monthly' },
]

export function durationWords(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  const parts = [
    hours > 0 ? `${hours} ${hours === 1 ? 'hour' : 'hours'}` : null,
    rest > 0 ? `${rest} minutes` : null,
  ]
  return parts.filter(Boolean).join(' ')
}

/** `YYYY-MM-DD` of an instant in a zone. */
export const dayIn = (instant: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(instant)

const timeIn = (instant: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    instant,
  )

const HALF_HOUR_MS = 30 * 60_000

/** A new meeting: one hour, at the next half hour that is at least a quarter away. */
export function formDefaults(now: Date, timeZone: string): MeetingFields {
  const start = new Date(Math.ceil((now.getTime() + HALF_HOUR_MS / 2) / HALF_HOUR_MS) * HALF_HOUR_MS)
  return {
    title: '',
    date: dayIn(start, timeZone),
    time: timeIn(start, timeZone),
    durationMinutes: 60,
    repeats: 'none',
    timeZone,
    lobby: false,
    recordingPolicy: 'ask',
    recordingConsent: false,
    recordingKeepDays: null,
  }
}
