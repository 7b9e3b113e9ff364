import { z } from 'zod'
import {
  isTimeZone,
  MAX_DURATION_MINUTES,
  MAX_TITLE_LENGTH,
  MIN_DURATION_MINUTES,
  REPEATS,
} from '#lib/domain/schedule.ts'
import { recordingPolicy } from '#lib/protocol/recordings.ts'

const MAX_KEEP_DAYS = 3_650

/** Characters that nobody sees and that turn text around: controls, bidi overrides, joiners at random. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu

/** A title as it is stored: one line of visible text. It is shown as text everywhere, never as markup (K15). */
const title = z
  .string()
  .max(MAX_TITLE_LENGTH * 4)
  .transform((text) => text.normalize('NFC').replace(INVISIBLE, ' ').replace(/\s+/gu, ' ').trim())
  .pipe(
    z
      .string()
      .min(1, 'Give the meeting a title.')
      .refine(
        (text) => [...text].length <= MAX_TITLE_LENGTH,
        `The title may have at most ${MAX_TITLE_LENGTH} characters.`,
      ),
  )

const timeZone = z.string().max(64).refine(isTimeZone, 'This time zone is not known here.')
const durationMinutes = z
  .number()
  .int()
  .min(MIN_DURATION_MINUTES, `A meeting lasts at least ${MIN_DURATION_MINUTES} minutes.`)
  .max(MAX_DURATION_MINUTES, 'A meeting lasts at most 24 hours.')

const scheduleFields = {
  title,
  date: z.iso.date('Choose a date.'),
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Choose a start time.'),
  durationMinutes,
  timeZone,
  repeats: z.enum(REPEATS),
  lobby: z.boolean(),
  recordingPolicy,
  recordingConsent: z.boolean(),
  recordingKeepDays: z
    .number()
    .int()
    .min(1, 'Recordings are kept for at least a day.')
    .max(MAX_KEEP_DAYS, 'Recordings are kept for at most ten years.')
    .nullable(),
}

/** Strict: a field that is not named here (`hostId`, `code`, `user: { connect }`) is refused (K31). */
export const createMeetingInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('now') }),
  z.strictObject({
    kind: z.literal('scheduled'),
    ...scheduleFields,
    lobby: scheduleFields.lobby.default(false),
    recordingPolicy: recordingPolicy.default('ask'),
    recordingConsent: scheduleFields.recordingConsent.default(false),
    recordingKeepDays: scheduleFields.recordingKeepDays.default(null),
  }),
])
export type CreateMeetingInput = z.infer<typeof createMeetingInput>

export const updateMeetingInput = z
  .strictObject(scheduleFields)
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, 'Nothing to change was given.')
export type UpdateMeetingInput = z.infer<typeof updateMeetingInput>

export const meetingParams = z.strictObject({ id: z.uuid() })
export const listMeetingsQuery = z.strictObject({ cursor: z.string().max(200).optional() })
