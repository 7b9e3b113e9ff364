import type { IncomingMessage } from 'node:http'
import { AppError } from '#lib/errors.ts'

/**
 * A body of at most `most` bytes, counted while it comes: Content-Length may be missing or a lie. Whoever is too slow
 * loses the connection.
 *
 * @throws AppError invalid-request, timeout
 */
export function readBody(request: IncomingMessage, most: number, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    const timer = setTimeout(() => fail(new AppError('timeout', 'The body came too slowly.')), timeoutMs)
    const fail = (error: AppError) => {
      stop()
      // Nothing more of it is read; the answer closes the connection.
      request.pause()
      reject(error)
    }
    const onData = (piece: Buffer) => {
      size += piece.length
      if (size > most) fail(new AppError('invalid-request', 'The body is too large.'))
      else pieces.push(piece)
    }
    const onEnd = () => {
      stop()
      resolve(Buffer.concat(pieces, size))
    }
    const onLost = () => fail(new AppError('invalid-request', 'The body did not come whole.'))
    const stop = () => {
      clearTimeout(timer)
      request.off('data', onData).off('end', onEnd).off('error', onLost).off('close', onLost)
      request.on('error', () => undefined)
    }
    request.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost)
  })
}
