import type { TimelineEvent } from '#lib/protocol/recordings.ts'

/** Something said, on the recording's own time line. */
export type SpokenLine = {
  readonly fromMs: number
  readonly toMs: number
  readonly speaker: string | null
  readonly text: string
}

/** What one person says in a row. `first` is the place of its first line among all. */
export type Paragraph = {
  readonly first: number
  readonly speaker: string | null
  readonly lines: readonly SpokenLine[]
}

/** A seek ends at the nearest moment that a film has, which may be a little before the one it was asked for. */
const NEARLY_MS = 1

/** The line that has begun last at a moment; -1 before the first. @param lines in the order of time */
export const lineAt = (lines: readonly SpokenLine[], ms: number): number =>
  lines.findLastIndex(({ fromMs }) => fromMs <= ms + NEARLY_MS)

export function paragraphsOf(lines: readonly SpokenLine[]): Paragraph[] {
  const paragraphs: { first: number; speaker: string | null; lines: SpokenLine[] }[] = []
  for (const [place, line] of lines.entries()) {
    const last = paragraphs.at(-1)
    if (last?.speaker === line.speaker) last.lines.push(line)
    else paragraphs.push({ first: place, speaker: line.speaker, lines: [line] })
  }
  return paragraphs
}

/**
 * Speech recognition mostly does not tell who speaks, and the recording knows who was heard when: each line is theirs who
 * were heard longest while it was said, and nobody's where nobody was. A file that names anybody is left as it is.
 */
export function withSpeakers(
  lines: readonly SpokenLine[],
  events: readonly TimelineEvent[],
): readonly SpokenLine[] {
  if (lines.some(({ speaker }) => speaker !== null)) return lines
  const heard = events.filter(({ type, name }) => type === 'spoke' && name !== null)
  heard.sort((a, b) => a.atMs - b.atMs)
  const longest = heard.reduce((most, { durationMs }) => Math.max(most, durationMs ?? 0), 0)
  let first = 0
  return lines.map((line) => {
    while ((heard[first]?.atMs ?? line.fromMs) + longest < line.fromMs) first += 1
    return { ...line, speaker: speakerOf(line, heard, first) }
  })
}

function speakerOf({ fromMs, toMs }: SpokenLine, heard: readonly TimelineEvent[], first: number) {
  const times = new Map<string, number>()
  for (let at = first; at < heard.length; at += 1) {
    const { atMs, durationMs, name } = heard[at] ?? { atMs: toMs, durationMs: 0, name: null }
    if (atMs >= toMs) break
    const together = Math.min(toMs, atMs + (durationMs ?? 0)) - Math.max(fromMs, atMs)
    if (name !== null && together > 0) times.set(name, (times.get(name) ?? 0) + together)
  }
  return [...times].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null
}

export type FoundPart = { readonly text: string; readonly found: boolean }

/** A text in pieces, those that were looked for told apart, whatever their case. */
export function findIn(text: string, words: string): FoundPart[] {
  if (words === '') return [{ text, found: false }]
  const literal = words.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
  return text
    .split(new RegExp(`(${literal})`, 'i'))
    .map((part, place) => ({ text: part, found: place % 2 === 1 }))
    .filter((part) => part.text !== '')
}
