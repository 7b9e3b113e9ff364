import type { Clock } from './ports.ts'

/** Calls `task` every `ms` until the returned function is called. */
export function every(clock: Clock, ms: number, task: () => void): () => void {
  let cancel = clock.after(ms, tick)
  return () => cancel()

  function tick(): void {
    cancel = clock.after(ms, tick)
    task()
  }
}
