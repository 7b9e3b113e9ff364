import { hasFfmpeg } from './webm.ts'

/** Suites that ffmpeg judges are skipped where there is none; `npm test` says why. */
export const describeWithFfmpeg = hasFfmpeg() ? describe : describe.skip
