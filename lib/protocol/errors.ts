/**
 * Every failure the wire can carry. The code is for programs, the message for the person who reads it,
 * the cause stays in the server's log. Closed: a new failure is a new line here.
 */
export const ERROR_CODES = [
  /** The payload does not fit its schema, or the event is unknown. */
  'invalid-request',
  /** No valid session: sign in, or ask for a new guest token. */
  'unauthenticated',
  /** Signed in, but not allowed to do this here. */
  'forbidden',
  /** No such thing, or none that this person may know of. */
  'not-found',
  /** Two things that cannot both be true, such as joining twice on one socket. */
  'conflict',
  /** The room holds as many people as it can; over HTTP, there is no space for what is to be kept. */
  'full',
  /** Too many requests; try again after `retryAfterMs`. */
  'rate-limited',
  /** Something the server depends on is away (usually the database). Nothing was changed. */
  'unavailable',
  /** The page is older or newer than the server: reload it. */
  'protocol-mismatch',
  /** No answer in time. Made by the client, never sent. */
  'timeout',
  /** A fault of ours, logged with its cause. */
  'internal',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

export type WireError = {
  readonly code: ErrorCode
  readonly message: string
  readonly retryAfterMs?: number | undefined
}
