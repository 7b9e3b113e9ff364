import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** How often somebody who is being sent bytes is asked about again. */
const WATCH_EVERY_MS = 2_000

/**
 * Sends a stream as fast as its receiver takes it (back-pressure is the pipeline's), and asks every two seconds
 * whether that receiver may still have it. A no, or no answer, ends the connection in mid-stream: doubt is refusal.
 *
 * @param stillAllowed rejects when it cannot tell
 */
export async function streamWatched(
  source: Readable,
  target: Writable,
  stillAllowed: () => Promise<boolean>,
  everyMs = WATCH_EVERY_MS,
): Promise<void> {
  const ended = new AbortController()
  // One question at a time: a database that answers slowly is not asked ever more often.
  let asking = false
  const watch = setInterval(() => {
    if (asking) return
    asking = true
    void stillAllowed()
      .catch(() => false)
      .then((allowed) => {
        asking = false
        if (!allowed) ended.abort()
      })
  }, everyMs)
  try {
    await pipeline(source, target, { signal: ended.signal })
  } finally {
    clearInterval(watch)
  }
}
