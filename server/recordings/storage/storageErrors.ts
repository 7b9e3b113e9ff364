import { AppError, isAppError } from '#lib/errors.ts'

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT'])

export const noSpace = (cause: unknown): AppError =>
  new AppError('full', 'There is no space left for recordings on the server.', { cause })

export const storageAway = (cause: unknown): AppError =>
  new AppError(
    'unavailable',
    'The server cannot reach its recordings right now. Please try again in a moment.',
    {
      cause,
    },
  )

export const noSuchObject = (): AppError => AppError.notFound('This part of the recording')

/** Its bytes are not what was written: told apart from "away", for trying again does not help. */
export const damaged = (cause: unknown): AppError =>
  new AppError('internal', 'This recording is damaged.', { cause })

/** What the file system says, as the port says it. */
export function fileFailure(error: unknown): AppError {
  if (isAppError(error)) return error
  const code = String((error as { code?: unknown } | null)?.code)
  if (NO_SPACE.has(code)) return noSpace(error)
  if (code === 'ENOENT') return noSuchObject()
  return storageAway(error)
}
