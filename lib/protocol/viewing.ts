import { z } from 'zod'
import './zodWithoutEval.ts'

/** What the pages of finished recordings send. Every field is bounded; unknown ones are refused. */

export const MAX_RECORDING_TITLE = 120
/** Of a day's length: longer than any recording. */
const atMs = z.int().nonnegative().max(86_400_000)

/** Characters that nobody sees and that turn text around: controls, bidi overrides, joiners at random. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu

/** One line of visible text, as it is stored; shown as text everywhere, never as markup (K15). */
const line = (longest: number, missing: string) =>
  z
    .string()
    .max(longest * 4)
    .transform((text) => text.normalize('NFC').replace(INVISIBLE, ' ').replace(/\s+/gu, ' ').trim())
    .pipe(
      z
        .string()
        .min(1, missing)
        .refine((text) => [...text].length <= longest, `At most ${longest} characters.`),
    )

export const renameRecording = z.strictObject({
  title: line(MAX_RECORDING_TITLE, 'Give the recording a title.'),
})

export const newChapter = z.strictObject({ atMs, title: line(100, 'Give the chapter a title.') })
export type NewChapter = z.infer<typeof newChapter>

/** Shorter than a second, nobody has seen anything. */
export const SHORTEST_CLIP_MS = 1000

export const newClip = z
  .strictObject({ fromMs: atMs, toMs: atMs, format: z.enum(['webm', 'mp4']).default('webm') })
  .refine(({ fromMs, toMs }) => toMs - fromMs >= SHORTEST_CLIP_MS, 'A clip lasts at least a second.')

/** `PUT /api/recordings/<id>/transcript`: a WebVTT or SubRip file as it is. */
export const MAX_TRANSCRIPT_BYTES = 2 * 1024 * 1024
export const MAX_CUES = 20_000
/** What it says it is. Which of the two it is, is read from what it holds. */
export const CAPTION_TYPES = ['text/vtt', 'application/x-subrip'] as const

export const MIN_PASSCODE = 4
export const newShare = z.strictObject({
  /** For whom: what its owner recognises it by. */
  label: line(80, 'Say whom the link is for.'),
  download: z.boolean().default(false),
  /** Null: until it is revoked. */
  expiresInDays: z.int().min(1).max(365).nullable().default(null),
  passcode: z
    .string()
    .min(MIN_PASSCODE, `A passcode has at least ${MIN_PASSCODE} characters.`)
    .max(64, 'A passcode has at most 64 characters.')
    .nullable()
    .default(null),
})
export type NewShare = z.infer<typeof newShare>

/** The secret of a link: 128 random bits, base64url. */
export const shareSecret = z.string().regex(/^[A-Za-z0-9_-]{22}$/)

/** `POST /api/shared`: the link's holder asks to be let in. */
export const openShare = z.strictObject({
  secret: z.string().max(200),
  passcode: z.string().max(64).optional(),
})

/** What a link's holder knows before anything else. */
export type OpenedShare = { readonly id: string; readonly open: boolean }

export const listRecordingsQuery = z.strictObject({
  q: z.string().max(200).optional(),
  meeting: z.uuid().optional(),
  cursor: z.string().max(200).optional(),
})
