/** What is known when a chunk has been sent, and the next one could be. */
export type AfterChunk = {
  /** How long the last one took to be sent and acknowledged, in ms. */
  readonly tookMs: number
  /** Chunks that still wait. */
  readonly backlog: number
}

/** A minute that waits: from here on more of the line is taken. */
const LONG_BACKLOG = 60
const MOST_REST_MS = 5_000

/**
 * How long a background upload leaves a call's uplink alone after a chunk (REC-81). While the call has all the uplink it
 * wants: not at all. While it is short of it: three times as long as the chunk took, so that a quarter of the time is
 * used, and half of it once a minute waits. A chunk that took little took little from the call: a call that is short of
 * processor and not of network hardly slows the upload down.
 *
 * @returns ms, bounded: however short the uplink, the upload goes on
 */
export function uploadRest(callIsShort: boolean, { tookMs, backlog }: AfterChunk): number {
  if (!callIsShort) return 0
  return Math.min(MOST_REST_MS, tookMs * (backlog > LONG_BACKLOG ? 1 : 3))
}
