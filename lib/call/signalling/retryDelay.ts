/** Waits before attempts 1, 2, … after a loss (experience.md "Notices"), ms. */
const FIRST_DELAYS_MS = [0, 300, 1200, 2700, 4800]
const LATER_DELAY_MS = 7000
/** Later attempts are spread by this share either way, so that a room does not come back in one instant. */
const JITTER = 0.2

/** Milliseconds to wait before attempt `attempt` (1 is the first); `random` in [0, 1). */
export function retryDelay(attempt: number, random: number): number {
  const first = FIRST_DELAYS_MS[attempt - 1]
  if (first !== undefined) return first
  return Math.round(LATER_DELAY_MS * (1 - JITTER + 2 * JITTER * random))
}
