import { fail, ok, type Result } from '#lib/result.ts'

export type SignInFailure = 'wrong' | 'too-many' | 'unreachable'

async function csrfToken(): Promise<string> {
  const response = await fetch('/api/auth/csrf', { credentials: 'same-origin', cache: 'no-store' })
  const answer: unknown = await response.json()
  if (typeof answer === 'object' && answer !== null && 'csrfToken' in answer) return String(answer.csrfToken)
  throw new Error('no csrfToken in the answer')
}

/** next-auth's own form endpoints, without its client library: three requests need no provider and no polling. */
export async function postToNextAuth(path: string, fields: Record<string, string>): Promise<Response> {
  return fetch(`/api/auth/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...fields, csrfToken: await csrfToken(), json: 'true' }),
    credentials: 'same-origin',
    cache: 'no-store',
  })
}

/** Signs in; afterwards the cookie is set. Never says which of e-mail and password was wrong. */
export async function signInWithPassword(
  email: string,
  password: string,
): Promise<Result<null, SignInFailure>> {
  try {
    const response = await postToNextAuth('callback/credentials', { email, password })
    if (response.ok) return ok(null)
    if (response.status === 429) return fail('too-many')
    return fail(response.status >= 500 ? 'unreachable' : 'wrong')
  } catch {
    return fail('unreachable')
  }
}
