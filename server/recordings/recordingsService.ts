import { AppError } from '#lib/errors.ts'
import { processSingleton } from '#server/processSingleton.ts'
import type { Recordings } from './Recordings.ts'

type Holder = { current: Recordings | null }

const holder = (): Holder => processSingleton('recordings', (): Holder => ({ current: null }))

/** For createRecordings: from now on route handlers and pages reach this one. */
export function registerRecordings(recordings: Recordings): void {
  holder().current = recordings
}

export function unregisterRecordings(recordings: Recordings): void {
  if (holder().current === recordings) holder().current = null
}

/** This process's recordings. @throws AppError unavailable before they are made */
export function recordings(): Recordings {
  const { current } = holder()
  if (current === null) throw AppError.unavailable(new Error('recordings were not made in this process'))
  return current
}
