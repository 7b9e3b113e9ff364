import { processSingleton } from '#server/processSingleton.ts'
import type { SfuService } from './createSfu.ts'

type Holder = { current: SfuService | null }

const holder = (): Holder => processSingleton('sfu', (): Holder => ({ current: null }))

/** For createSfu: from now on route handlers and pages reach this one. */
export function registerSfu(sfu: SfuService): void {
  holder().current = sfu
}

export function unregisterSfu(sfu: SfuService): void {
  if (holder().current === sfu) holder().current = null
}

/** This process's media server, or null where none was made (tests, scripts). */
export function sfuService(): SfuService | null {
  return holder().current
}
