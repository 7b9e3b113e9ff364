export const REPEATS = ['none', 'daily', 'weekdays', 'weekly', 'monthly'] as const
export type Repeats = (typeof REPEATS)[number]

/** When a meeting takes place: an instant, and the zone whose clocks it follows from then on. */
export type Schedule = {
  readonly startsAt: Date
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string
  readonly durationMinutes: number
  readonly repeats: Repeats
}

export const MIN_DURATION_MINUTES = 5
/** At most a day: of a meeting that repeats daily, only one can be running. */
export const MAX_DURATION_MINUTES = 24 * 60
export const MAX_TITLE_LENGTH = 120

/** Whether this machine knows the zone. Names only: `+02:00` has no daylight saving to follow. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
