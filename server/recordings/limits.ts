import type { SlotLimits } from './Slots.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS

/** How long a stopped recording waits for what is still on its way to it, from the last that came. */
export const GRACE_MS = {
  /** A recorder stands beside the server: what it has, it has sent. */
  server: 15 * SECOND_MS,
  /** The host's own network may be away, and the browser may send what it has kept when it is back. */
  local: 10 * MINUTE_MS,
  /** In the background, over an uplink that meetings need. Holds up nothing but this one track. */
  track: 12 * 60 * MINUTE_MS,
} as const

/** A recording without a chunk, and whose meeting is over, is at its end after so long. */
export const ABANDONED_MS = 10 * MINUTE_MS

/** A chunk comes within this, or not at all (NX-9): 8 MB on a line of 2 Mbit/s. */
export const BODY_TIMEOUT_MS = 35 * SECOND_MS
/**
 * Chunks on their way into one process at once, of what is composed and of people's tracks each: what of them is held in
 * memory is bounded by it, and tracks that come over slow lines take no place from a meeting's film.
 */
export const BODY_SLOTS = {
  most: 24,
  mostOfOne: 6,
  refusal: 'Too many chunks at once. Please send them one after the other.',
  retryAfterMs: SECOND_MS,
} as const satisfies SlotLimits
/**
 * Clips that one process cuts at once. Who comes meanwhile is told so instead of being kept waiting: a piece of hours takes
 * longer than a request should hang, and a person who reads why does not press the button again.
 */
export const CLIP_SLOTS = {
  most: 2,
  mostOfOne: 1,
  refusal: 'Another clip is being cut. Please try again in a moment.',
  retryAfterMs: 5 * SECOND_MS,
} as const satisfies SlotLimits
/** Of one recording. */
export const MAX_CLIPS = 100

export const MAX_PARTS = 2_000
export const MAX_EVENTS = 50_000

/** A chunk's own clock may be off by so much. */
export const CLOCK_TOLERANCE_MS = 10 * SECOND_MS

/** What finishing needs of the disk beside what a recording has already: its files, and one of them twice. */
export const FINISHING_FACTOR = 3
export const GB = 1e9
