import { ERROR_CODES, type ErrorCode } from './protocol/errors.ts'

/**
 * A failure somebody has to read. `message` is for the person and says nothing of our insides;
 * `cause` is for the log and never leaves the server.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }

  static notFound = (what: string): AppError => new AppError('not-found', `${what} was not found.`)
  static forbidden = (): AppError => new AppError('forbidden', 'You are not allowed to do this.')
  static unauthenticated = (): AppError => new AppError('unauthenticated', 'Please sign in.')
  static unavailable = (cause: unknown): AppError =>
    new AppError(
      'unavailable',
      'The server cannot reach its database right now. Please try again in a moment.',
      {
        cause,
      },
    )
}

/**
 * Whether somebody threw an AppError. By shape, because server.ts and Next's bundles each have a class of their own
 * and `instanceof` would not know the other's.
 */
export function isAppError(error: unknown): error is AppError {
  return (
    error instanceof Error &&
    error.name === 'AppError' &&
    'code' in error &&
    ERROR_CODES.some((code) => code === error.code)
  )
}
