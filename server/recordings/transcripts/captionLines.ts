import { parseVTTTimestamp } from 'media-captions'
import { AppError } from '#lib/errors.ts'
import { MAX_CUES } from '#lib/protocol/viewing.ts'

export type CaptionFormat = 'vtt' | 'srt'

export type CaptionLines = {
  readonly format: CaptionFormat
  /** As many as the file has: its times and texts where they stood, all else empty. */
  readonly lines: readonly string[]
}

type Block = { readonly at: number; readonly lines: readonly string[] }

/** More than 20,000 cues of several lines have; each is a turn of the parser's. */
const MOST_LINES = 200_000
const MOST_CHARACTERS_OF_CUE = 5_000
const HEADER = /^WEBVTT( |$)/
/** What stands in a WebVTT file beside its cues, and is not kept. */
const BESIDE = /^(NOTE|STYLE|REGION)( |:|$)/
const TIMES = /^(\S+) ?--> ?(\S+)/

export const refused = (line: number, why: string): AppError =>
  new AppError('invalid-request', `Line ${line}: ${why}`)

/**
 * What of a file is handed to the parser, which passes over in silence what it does not understand: here it is refused,
 * so that nobody finds out later that a part of what was said is missing. The file's own line numbers stay.
 *
 * @throws AppError invalid-request
 */
export function captionLines(text: string): CaptionLines {
  const lines = linesOf(text)
  const format = HEADER.test(lines[0] ?? '') ? 'vtt' : 'srt'
  const kept = lines.map(() => '')
  if (format === 'vtt') kept[0] = 'WEBVTT'
  let cues = 0
  for (const block of blocksOf(lines)) {
    if (format === 'vtt' && isBeside(block)) continue
    cues += 1
    const times = timesOf(block)
    kept[block.at + times] = sparse(block, times)
    for (let line = times + 1; line < block.lines.length; line += 1)
      kept[block.at + line] = block.lines[line] ?? ''
  }
  limit('captions', cues, MAX_CUES)
  limit('lines', lines.length, MOST_LINES)
  return { format, lines: kept }
}

function limit(what: string, there: number, most: number): void {
  if (there <= most) return
  throw new AppError('invalid-request', `A transcript has at most ${most} ${what}, and this has ${there}.`)
}

/** One kind of line end, and one space for all white space, over long runs of which a parser's patterns take for ever. */
function linesOf(text: string): string[] {
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const lines = plain.replace(/[^\S\n]+/g, ' ').split('\n')
  return lines.map((line) => line.trim())
}

function* blocksOf(lines: readonly string[]): Generator<Block> {
  let at = 0
  for (let line = 0; line <= lines.length; line += 1) {
    if (line < lines.length && lines[line] !== '') continue
    if (line > at) yield { at, lines: lines.slice(at, line) }
    at = line + 1
  }
}

function isBeside({ at, lines: [first = '', ...rest] }: Block): boolean {
  if (at > 0) return BESIDE.test(first)
  const times = rest.findIndex((line) => TIMES.test(line))
  if (times !== -1) throw refused(times + 2, 'an empty line is missing after the header.')
  return true
}

/** @returns which line of a block has its times: the first, or the one after its name or number */
function timesOf({ at, lines }: Block): number {
  const times = lines.slice(0, 2).findIndex((line) => line.includes('-->'))
  if (times === -1) throw refused(at + 1, 'this has no time.')
  const characters = lines.reduce((sum, line) => sum + line.length, 0)
  if (characters > MOST_CHARACTERS_OF_CUE) {
    throw refused(at + 1, `a caption has at most ${MOST_CHARACTERS_OF_CUE} characters.`)
  }
  return times
}

/** The times alone: where on the film a caption should be is not kept. */
function sparse({ at, lines }: Block, times: number): string {
  const line = lines[times] ?? ''
  const [, from = '', to = ''] = TIMES.exec(line) ?? []
  const [start, end] = [from, to].map((time) => parseVTTTimestamp(time.replace(',', '.')))
  if (typeof start === 'number' && typeof end === 'number' && end <= start) {
    throw refused(at + times + 1, 'this caption does not end after it begins.')
  }
  return from === '' ? line : `${from} --> ${to}`
}
