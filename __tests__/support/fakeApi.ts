/** The network as a page sees it, where jsdom has none: answers in the order asked for, and what was asked. */
export type Sent = { readonly method: string; readonly path: string; readonly body: unknown }
type Reply = { status?: number; headers?: Record<string, string>; body?: unknown }
type Answer = Reply | ((sent: Sent) => Reply)

const bodyOf = (body: unknown): unknown => {
  if (body instanceof URLSearchParams) return Object.fromEntries(body)
  return typeof body === 'string' ? JSON.parse(body) : null
}

/**
 * @param answers by `METHOD /path`, the query left out; a request that none fits fails as without a connection
 * @returns all requests so far, oldest first
 */
export function installFakeApi(answers: Readonly<Record<string, Answer>>): Sent[] {
  const sent: Sent[] = []
  const fetch = async (path: string, init: { method?: string; body?: unknown } = {}) => {
    const request = { method: init.method ?? 'GET', path, body: bodyOf(init.body) }
    sent.push(request)
    const answer = answers[`${request.method} ${path.split('?', 1)[0]}`]
    if (!answer) throw new TypeError('Failed to fetch')
    const { status = 200, headers = {}, body = {} } = typeof answer === 'function' ? answer(request) : answer
    return {
      ok: status < 400,
      status,
      headers: { get: (name: string) => headers[name] ?? null },
      json: async () => body,
    }
  }
  Object.assign(globalThis, { fetch })
  return sent
}

export const refusal = (status: number, message: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: { error: { code: 'invalid-request', message } },
})
