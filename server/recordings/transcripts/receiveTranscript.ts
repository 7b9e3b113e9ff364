import { AppError } from '#lib/errors.ts'
import { CAPTION_TYPES, MAX_TRANSCRIPT_BYTES } from '#lib/protocol/viewing.ts'
import { readText } from '#server/http/readJson.ts'
import type { Transcript } from '../Recordings.ts'
import { readCaptions } from './readCaptions.ts'
import { toWebVtt } from './toWebVtt.ts'

/**
 * A file of captions as it is kept: of what came only what we have understood, and written by us.
 *
 * @throws AppError invalid-request, with the line and what is wrong there
 */
export async function receiveTranscript(request: Request): Promise<Transcript> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (!CAPTION_TYPES.some((known) => known === type)) {
    throw new AppError('invalid-request', `The body must be ${CAPTION_TYPES.join(' or ')}.`)
  }
  const captions = await readCaptions(await readText(request, MAX_TRANSCRIPT_BYTES))
  return {
    content: Buffer.from(toWebVtt(captions)),
    durationMs: captions.reduce((latest, { toMs }) => Math.max(latest, toMs), 0),
    captions: captions.length,
  }
}
