import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What has not come by then is not waited for: under load a `fetch` of Node's has been seen never to settle, its own
 * time limit (AbortSignal.timeout) notwithstanding, and whoever waits for it with others would wait for ever.
 *
 * @throws Error after `ms`
 */
export async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  const giveUp = new AbortController()
  const late = sleep(ms, undefined, { signal: giveUp.signal, ref: false }).then(() => {
    throw new DOMException('There was no answer in time.', 'TimeoutError')
  })
  try {
    return await Promise.race([work, late])
  } finally {
    late.catch(() => undefined)
    giveUp.abort()
    work.catch(() => undefined)
  }
}
