import type { RecordingPolicy } from '#lib/protocol/recordings.ts'
import type { Repeats } from './schedule.ts'

/** A meeting as its host sees it. Instants are ISO 8601 in UTC; the viewer's browser puts them in its own zone. */
export type MeetingSummary = {
  readonly id: string
  readonly code: string
  readonly title: string
  readonly startsAt: string | null
  /** The next time it takes place, or the one that is running; null when it will not be again. */
  readonly nextAt: string | null
  readonly durationMinutes: number
  readonly timeZone: string
  readonly repeats: Repeats
  readonly lobby: boolean
  /** What its host wishes; the server's own policy is the limit. */
  readonly recordingPolicy: RecordingPolicy
  /** People are asked, and not only told. */
  readonly recordingConsent: boolean
  /** Days, or null for as long as the server keeps them. */
  readonly recordingKeepDays: number | null
  /** Ended for everyone, or its only time is over. */
  readonly ended: boolean
}
