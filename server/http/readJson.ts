import { AppError } from '#lib/errors.ts'

/** Far more than any form of ours sends, and little enough to hold in memory for each request (NX-9). */
export const MAX_BODY_BYTES = 64 * 1024

/**
 * A request's body as JSON, or undefined when there is none at all. The media type must be exactly `application/json`, which a cross-site form cannot send
 * without a preflight (K35); the size is counted while reading, because Content-Length may be missing or a lie.
 *
 * @throws AppError invalid-request
 */
export async function readJson(request: Request): Promise<unknown> {
  if (request.body === null) return undefined
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  const text = await readText(request)
  if (text === '' && type === undefined) return undefined
  if (type !== 'application/json') throw new AppError('invalid-request', 'The body must be application/json.')
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new AppError('invalid-request', 'The body is not valid JSON.', { cause })
  }
}

/** @throws AppError invalid-request when the body is larger than `most` bytes or is not UTF-8 */
export async function readText(request: Request, most = MAX_BODY_BYTES): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body?.getReader()
  while (reader) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > most) {
      await reader.cancel()
      throw new AppError('invalid-request', 'The body is too large.')
    }
    chunks.push(value)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch (cause) {
    throw new AppError('invalid-request', 'The body is not valid UTF-8.', { cause })
  }
}
