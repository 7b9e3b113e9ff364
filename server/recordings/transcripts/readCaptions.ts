import { ParseErrorCode, parseTextStream, type VTTCue } from 'media-captions'
import { AppError } from '#lib/errors.ts'
import { type CaptionLines, captionLines, refused } from './captionLines.ts'
import { type Piece, spokenPieces } from './spokenPieces.ts'

/** What somebody says, from when to when on the recording's own time line. */
export type Caption = Piece & { readonly fromMs: number; readonly toMs: number }

/** Lines between two looks at the event loop: calls go on while a file is read. */
const LINES_PER_TURN = 1_000
/** In the first line of a caption the parser takes these for settings; behind a tag they are what they are: text. */
const LIKE_A_SETTING = /^(?=(?:region|vertical|line|position|size|align)[:=])/

/**
 * A WebVTT or SubRip file as what was said, in the order of time. Of two people in one caption each has their own.
 *
 * @throws AppError invalid-request, with the line and what is wrong there
 */
export async function readCaptions(text: string): Promise<Caption[]> {
  const captions = (await cuesOf(captionLines(text))).flatMap((cue) => {
    const [fromMs, toMs] = [Math.round(cue.startTime * 1000), Math.round(cue.endTime * 1000)]
    return spokenPieces(cue).map((piece) => ({ fromMs, toMs, ...piece }))
  })
  if (captions.length === 0) {
    throw new AppError(
      'invalid-request',
      'There are no captions in this file. WebVTT (.vtt) or SubRip (.srt) is needed.',
    )
  }
  return captions.sort((a, b) => a.fromMs - b.fromMs)
}

async function cuesOf({ format, lines }: CaptionLines): Promise<readonly VTTCue[]> {
  const { cues, errors } = await parseTextStream(streamOf(lines), { type: format, errors: true })
  const wrong = errors.find(({ code }) => code === ParseErrorCode.BadTimestamp)
  if (wrong) throw refused(wrong.line, 'this is no time like 00:01:02.345 --> 00:01:04.000.')
  return cues
}

/** Line by line as they are asked for: of many that wait in a stream each takes longer than the one before. */
function streamOf(lines: readonly string[]): ReadableStream<string> {
  let at = 0
  return new ReadableStream({
    async pull(controller) {
      if (at >= lines.length) return controller.close()
      if (at % LINES_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
      controller.enqueue((lines[at] ?? '').replace(LIKE_A_SETTING, '<c>'))
      at += 1
    },
  })
}
