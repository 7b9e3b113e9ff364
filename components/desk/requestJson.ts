import { fail, ok, type Result } from '#lib/result.ts'

export type RequestFailure = {
  /** HTTP status; 0 when the server was not reached. */
  readonly status: number
  /** For the person. */
  readonly message: string
  /** The input that is wrong, when the server named one. */
  readonly field: string | null
  /** The server wants the password again before it does this. */
  readonly needsPassword: boolean
}

type RequestOptions = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  /** Sent as it is, with its own type, instead of `body` as JSON. */
  readonly file?: Blob
}

const OFFLINE: RequestFailure = {
  status: 0,
  message: 'The server cannot be reached. Check your connection and try again.',
  field: null,
  needsPassword: false,
}

/**
 * Calls our own HTTP API; never throws.
 * @returns the answer's body, typed by the caller: it comes from the server that served this very page
 */
export async function requestJson<Value>(
  path: string,
  { method = 'GET', body, file }: RequestOptions = {},
): Promise<Result<Value, RequestFailure>> {
  try {
    const json = body === undefined ? null : JSON.stringify(body)
    const type = file?.type ?? (json === null ? null : 'application/json')
    const response = await fetch(path, {
      method,
      headers: type === null ? {} : { 'Content-Type': type },
      body: file ?? json,
      credentials: 'same-origin',
      cache: 'no-store',
    })
    const answer: unknown = await response.json().catch(() => null)
    // The one cast: the contract of app/api, whose tests live with the server.
    return response.ok ? ok(answer as Value) : fail(failureOf(response, answer))
  } catch {
    return fail(OFFLINE)
  }
}

/** `title: Give the meeting a title.` names the field before the colon. */
function failureOf(response: Response, answer: unknown): RequestFailure {
  const text = messageIn(answer) ?? 'Something went wrong on the server. Please try again.'
  const named = /^([a-zA-Z]+): (.+)$/s.exec(text)
  return {
    status: response.status,
    message: named?.[2] ?? text,
    field: named?.[1] ?? null,
    needsPassword: response.status === 403 && response.headers.get('x-parley-reauth') === '1',
  }
}

function messageIn(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return null
  const { error } = answer
  if (typeof error !== 'object' || error === null || !('message' in error)) return null
  return typeof error.message === 'string' ? error.message : null
}
