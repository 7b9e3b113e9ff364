import { livekitBinary } from './livekitBinary.ts'

/** Suites that need the real server are skipped where there is none; `npm test` says why. */
export const describeWithLiveKit = livekitBinary() === null ? describe.skip : describe
