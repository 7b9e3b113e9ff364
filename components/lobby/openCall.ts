import type { CallHandle } from '#lib/call/CallHandle.ts'
import { ERROR_CODES, type ErrorCode } from '#lib/protocol/errors.ts'
import type { IceServer } from '#lib/protocol/events.ts'

export type OpenCall = (options: {
  code: string
  guest: boolean
  name: string | null
  openIceServers: readonly IceServer[] | null
}) => Promise<CallHandle>

/** Refused before there was a connection that could say why. */
export class OpenCallError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode) {
    super(`The call could not be opened: ${code}`)
    this.code = code
  }
}

/** Loads the engine only now, after the first paint. A guest first gets the pass that lets them knock. */
export const openRealCall: OpenCall = async (options) => {
  const loading = import('#lib/call/createCall.ts')
  if (options.guest) await askForGuestPass(options.code)
  return (await loading).createCall(options)
}

async function askForGuestPass(code: string): Promise<void> {
  const response = await fetch(`/api/m/${encodeURIComponent(code)}/guest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  if (!response.ok) throw new OpenCallError(await errorCodeOf(response))
}

async function errorCodeOf(response: Response): Promise<ErrorCode> {
  const body: unknown = await response.json().catch(() => null)
  const error: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'error') : null
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : null
  return ERROR_CODES.find((known) => known === code) ?? (response.status === 404 ? 'not-found' : 'internal')
}
