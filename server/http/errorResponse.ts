import { AppError, isAppError } from '#lib/errors.ts'
import type { ErrorCode } from '#lib/protocol/errors.ts'
import type { Log } from '#server/log.ts'

const STATUS: Record<ErrorCode, number> = {
  'invalid-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  // Over HTTP it is the space that is used up (RFC 4918 §11.5); that a room is full is said on its socket.
  full: 507,
  'rate-limited': 429,
  unavailable: 503,
  'protocol-mismatch': 409,
  timeout: 503,
  internal: 500,
}

/** Personal answers are for one person: no cache between us may keep them (NX-6). */
export const PRIVATE = { 'Cache-Control': 'private, no-store' } as const

export type Failure = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly error: { readonly code: ErrorCode; readonly message: string } }
}

/**
 * What a client is told of a failure: a code, a sentence, nothing of our insides (NX-10). Anything that is not an
 * AppError is a fault of ours and becomes `internal`.
 */
export function failureOf(error: unknown): Failure {
  const known = appErrorOf(error)
  const retry: Record<string, string> =
    known.retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(known.retryAfterMs / 1000)) }
  return {
    status: STATUS[known.code],
    headers: { ...PRIVATE, ...retry },
    body: { error: { code: known.code, message: known.message } },
  }
}

function appErrorOf(error: unknown): AppError {
  if (isAppError(error)) return error
  if (isDatabaseAway(error)) return AppError.unavailable(error)
  return new AppError('internal', 'Something went wrong on the server. Please try again.', { cause: error })
}

/** Prisma's ways of saying that the database did not answer; its classes differ between bundles, its codes do not. */
function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error) || !error.name.startsWith('PrismaClient')) return false
  if (error.name === 'PrismaClientInitializationError') return true
  const code = 'code' in error ? String(error.code) : ''
  if (/^P1\d{3}$/.test(code) || ['P2024', 'P2028', 'P2037'].includes(code)) return true
  if (UNAVAILABLE_STATE.test(sqlState(error))) return true
  return code === 'P2010' && /can't reach|connection|timed? ?out/i.test(error.message)
}

/**
 * SQLSTATE classes that say "not now" of the whole server: connection lost (08), no space, memory or connections left
 * (53), shutting down or starting up (57P), disk failing (58), read-only after a failover (25006).
 */
const UNAVAILABLE_STATE = /^(08|53|57P|58|25006)/

/** PostgreSQL's own code, where Prisma hands it on. */
export function sqlState(error: Error): string {
  const { meta } = error as Error & { meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } } }
  return String(meta?.driverAdapterError?.cause?.originalCode ?? '')
}

/** Logs what the client is not told. Expected refusals are not logged here; audit events are. */
export function logFailure(log: Log, error: unknown, where: string): void {
  if (isAppError(error) && error.code !== 'internal' && error.code !== 'unavailable') return
  const cause = isAppError(error) ? (error.cause ?? error) : error
  log.error({ where, err: cause instanceof Error ? cause : new Error(String(cause)) }, 'a request failed')
}

export function errorResponse(error: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const failure = failureOf(error)
  return Response.json(failure.body, { status: failure.status, headers: { ...failure.headers, ...headers } })
}
