import { AppError } from '#lib/errors.ts'
import { processSingleton } from '#server/processSingleton.ts'
import type { Realtime } from './createRealtime.ts'

type Holder = { current: Realtime | null }

const holder = (): Holder => processSingleton('realtime', (): Holder => ({ current: null }))

/** For createRealtime: from now on route handlers reach this one. */
export function registerRealtime(realtime: Realtime): void {
  holder().current = realtime
}

export function unregisterRealtime(realtime: Realtime): void {
  if (holder().current === realtime) holder().current = null
}

/** This process's live meetings, for route handlers. @throws AppError unavailable where none runs */
export function realtime(): Realtime {
  const { current } = holder()
  if (!current) throw AppError.unavailable(new Error('no realtime server runs in this process'))
  return current
}
