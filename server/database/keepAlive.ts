import { setTimeout as sleep } from 'node:timers/promises'

export type Supervised = {
  /** True while it runs. */
  isAlive(): boolean
  /** Starts it again. @throws when it does not start */
  start(): Promise<void>
}

/**
 * Starts again what ended by itself (a full disk, out of memory), at most once every `everyMs` for as long as it takes.
 *
 * @param note told of the first attempt in vain and of the one that succeeds
 * @returns ends it; resolves when no attempt is under way any more
 */
export function keepAlive(
  what: Supervised,
  everyMs: number,
  note: (news: 'gone' | 'back', error?: unknown) => void,
): () => Promise<void> {
  const ended = new AbortController()
  const watching = watch()

  async function watch(): Promise<void> {
    let told = false
    while (await pause(everyMs, ended.signal)) {
      if (what.isAlive()) continue
      try {
        await what.start()
        note('back')
        told = false
      } catch (error) {
        if (!told) note('gone', error)
        told = true
      }
    }
  }

  return async () => {
    ended.abort()
    await watching
  }
}

/** @returns false when it was aborted */
const pause = (ms: number, signal: AbortSignal): Promise<boolean> =>
  sleep(ms, true, { signal, ref: false }).catch(() => false)
