import type { PrismaClient } from '@prisma/client'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { MAX_ATTEMPTS } from './finishing/PrismaFinishingRows.ts'

type Row = { readonly id: string; readonly state: string; readonly attempts: number }
type Left = Pick<RecordingView, 'unfinished' | 'tracksAwaited' | 'gaveUp'>

const NOTHING: Left = { unfinished: false, tracksAwaited: false, gaveUp: false }
/** Parts of which something was taken in: of no other becomes a file. They go when their files are safe. */
export const LEFT = { chunks: { some: {} } } as const
/** Recordings that can be watched, of whose other files nobody tries any more to make one. */
export const GAVE_UP = { state: 'READY', attempts: { gte: MAX_ATTEMPTS } } as const

/** What of a recording that is over is no file yet. What nobody tries any more is not waited for. */
export async function leftToFinish(prisma: PrismaClient, { id, state, attempts }: Row): Promise<Left> {
  if (state !== 'READY' && state !== 'FAILED') return NOTHING
  const parts = await prisma.recordingPart.groupBy({
    by: ['source'],
    where: { recordingId: id, ...LEFT },
  })
  if (state === 'FAILED') return { ...NOTHING, unfinished: parts.length > 0 }
  if (attempts >= MAX_ATTEMPTS) return { ...NOTHING, gaveUp: parts.length > 0 }
  const sources = parts.map(({ source }) => source)
  return { ...NOTHING, unfinished: sources.includes('COMPOSED'), tracksAwaited: sources.includes('TRACK') }
}
