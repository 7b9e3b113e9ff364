export const HOUR_MS = 3_600_000
/** Guests come for one meeting: idle 2 h, 12 h in all. */
export const GUEST_IDLE_MS = 2 * HOUR_MS
export const GUEST_ABSOLUTE_MS = 12 * HOUR_MS
/** A recorder works for as long as a recording may last; when its recording stops, its session ends at once. */
export const RECORDER_ABSOLUTE_MS = 13 * HOUR_MS
