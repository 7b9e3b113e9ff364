import { z } from 'zod'
import type { RecordedCodec } from './recordings.ts'

/** What a recorder's page says to the process that watches it, about once a second. */
export const recorderReport = z.strictObject({
  /** `joining`: nothing is recorded yet. `ended`: it will not go on; `ended` says why. */
  status: z.enum(['joining', 'recording', 'ended']),
  /** How long ago the MediaRecorder gave its last chunk, and the server acknowledged one; null for never, ms. */
  recordedAgoMs: z.number().nonnegative().nullable(),
  acknowledgedAgoMs: z.number().nonnegative().nullable(),
  acknowledged: z.int().nonnegative(),
  backlog: z.int().nonnegative(),
  /** After `stop`: the server has everything, or takes no more. */
  delivered: z.boolean(),
  ended: z
    .enum(['stopped', 'call-ended', 'over', 'no-space', 'full', 'refused', 'tracks-ended', 'cannot-capture'])
    .nullable(),
})
export type RecorderReport = z.infer<typeof recorderReport>

/** What is to be made of the meeting: a film of this size in px, encoded so where the browser can. */
export type RecorderPlan = { readonly width: number; readonly height: number; readonly codec: RecordedCodec }

/** On `window` of that page. */
export type RecorderPage = {
  /** Records as soon as it is in the meeting. To be called as if by a person: what a tab plays may be captured only then. */
  readonly begin: (plan: RecorderPlan) => void
  readonly report: () => RecorderReport
  /** Records no more. `delivered` tells when the server has everything. */
  readonly stop: () => void
}

/** What a page says that brings to the server what another browser in its folder has left (REC-212). */
export const leftoversReport = z.strictObject({
  /** `failed`: it cannot be told what becomes of the rest; another page may try. */
  status: z.enum(['sending', 'done', 'failed']),
  /** Seconds that still wait. */
  waiting: z.int().nonnegative(),
})
export type LeftoversReport = z.infer<typeof leftoversReport>

/** On `window` of that page. */
export type LeftoversPage = { readonly report: () => LeftoversReport }
