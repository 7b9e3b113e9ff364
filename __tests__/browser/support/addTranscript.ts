import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ElementHandle } from 'puppeteer-core'
import type { Person } from './Person.ts'

/** What whisper.cpp makes of the film of seedFilms: no names, a space before each text. */
export const SPOKEN = [
  [1, 'Good morning, everybody. Can you all hear me?'],
  [5, 'Loud and clear.'],
  [8, 'Then let us begin with the roadmap, before the numbers.'],
  [15, 'Two releases this quarter: the recorder in October, transcripts in December.'],
  [22, 'And the migration?'],
  [26, 'I share my screen, one moment.'],
  [31, 'This is where we are. Everything in green is done, the rest has an owner.'],
  [40, 'The numbers are in the shared folder, and they are better than last month.'],
  [50, 'How much of that is the new pricing?'],
  [56, 'About half. The rest is people who came back.'],
  [64, 'Question for later: who owns the migration?'],
  [72, 'Let us come to that now, it is the last point on the roadmap.'],
  [80, 'I do, with Noor. We need a week for it, and somebody who knows the old database.'],
  [92, 'I know the old database.'],
  [97, 'Then the three of us meet tomorrow at ten.'],
  [108, 'I write it down.'],
  [120, 'Anything else? No? Then thank you, and see you on Thursday.'],
] as const

const clock = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 23)

/** Lines as a WebVTT file, each four seconds long. */
export const vttOf = (lines: readonly (readonly [number, string])[]): string =>
  ['WEBVTT', ...lines.map(([at, text]) => `${clock(at)} --> ${clock(at + 4)}\n ${text}`)].join('\n\n')

/** Chooses a file as a person does, on the page of a recording with its Transcript tab open. */
export async function chooseCaptions(who: Person, name: string, content: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'parley-captions-'))
  try {
    const file = path.join(folder, name)
    await writeFile(file, content)
    const input = await who.page.waitForSelector('input[type=file]')
    await (input as ElementHandle<HTMLInputElement>).uploadFile(file)
    await input?.dispose()
  } finally {
    // The page has read it when it has answered; until then it stays.
    setTimeout(() => void rm(folder, { recursive: true, force: true }), 5_000).unref()
  }
}
