export const HOUR_MS = 3_600_000
/** Guests come for one meeting: idle 2 h, 12 h in all. */
export const GUEST_IDLE_MS = 2 * HOUR_MS
export const GUEST_ABSOLUTE_MS = 12 * HOUR_MS
