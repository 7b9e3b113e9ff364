/** A person by HTTP alone, for what a test needs around the thing it is about: cookies kept, same-origin as a browser's page. */
export class ApiClient {
  readonly #url: string
  readonly #cookies = new Map<string, string>()
  readonly #headers: Readonly<Record<string, string>>

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.#url = url
    this.#headers = headers
  }

  get cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async request(method: string, path: string, body?: unknown): Promise<Response> {
    const form = body instanceof URLSearchParams
    const response = await fetch(`${this.#url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        origin: this.#url,
        'sec-fetch-site': 'same-origin',
        cookie: this.cookieHeader,
        ...(body === undefined
          ? {}
          : { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' }),
        ...this.#headers,
      },
      body: body === undefined ? undefined : form ? body : JSON.stringify(body),
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return response
  }

  /** @returns the answer's JSON @throws Error with the body when the status is not 2xx */
  async json<Value>(method: string, path: string, body?: unknown): Promise<Value> {
    const response = await this.request(method, path, body)
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`)
    return JSON.parse(text) as Value
  }

  /** @param setupCode for the first account, where the server cannot see that it is made from this machine */
  async signUp(name: string, email: string, password: string, setupCode?: string): Promise<void> {
    await this.json('POST', '/api/sign-up', { name, email, password, ...(setupCode && { setupCode }) })
    await this.signIn(email, password)
  }

  async signIn(email: string, password: string): Promise<void> {
    const { csrfToken } = await this.json<{ csrfToken: string }>('GET', '/api/auth/csrf')
    const response = await this.request(
      'POST',
      '/api/auth/callback/credentials',
      new URLSearchParams({ csrfToken, email, password, json: 'true', callbackUrl: this.#url }),
    )
    const { user } = await this.json<{ user: { email: string } | null }>('GET', '/api/session')
    if (user === null) throw new Error(`sign-in answered ${response.status}: ${await response.text()}`)
  }

  /** @returns the code of a meeting started now */
  async newMeeting(): Promise<{ id: string; code: string }> {
    const { meeting } = await this.json<{ meeting: { id: string; code: string } }>('POST', '/api/meetings', {
      kind: 'now',
    })
    return meeting
  }
}
