import { AppError } from '#lib/errors.ts'
import type { RecordingJobs } from './RecordingJobs.ts'

/** RecordingJobs of a server that records nothing. */
export const noRecordings = (): RecordingJobs => ({
  offers: async () => [],
  start: async () => {
    throw AppError.forbidden()
  },
  open: async () => null,
  progress: async () => null,
  stop: async () => {},
  consent: async () => {},
})
