import type { Answer, ApiServer, Ask } from './apiServer.ts'

/** A browser without a screen: keeps cookies between requests, as sent, and signs in as the page does. */
export function createVisitor(api: ApiServer) {
  const jar = new Map<string, string>()
  const visitor = {
    jar,
    get cookie(): string {
      return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    },
    async ask(path: string, ask: Ask = {}): Promise<Answer> {
      const answer = await api.ask(path, { cookie: visitor.cookie, ...ask })
      for (const [name, value] of answer.cookies) {
        if (value === '') jar.delete(name)
        else jar.set(name, value)
      }
      return answer
    },
    signUp: (account: Record<string, unknown>, headers: Ask['headers'] = {}) =>
      visitor.ask('/api/sign-up', { body: account, headers }),
    async form(path: string, fields: Record<string, string>, headers: Ask['headers'] = {}): Promise<Answer> {
      const { csrfToken } = (await visitor.ask('/api/auth/csrf')).json()
      return visitor.ask(path, {
        raw: new URLSearchParams({ csrfToken: String(csrfToken), json: 'true', ...fields }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      })
    },
    signIn: (email: string, password: string, headers: Ask['headers'] = {}) =>
      visitor.form('/api/auth/callback/credentials', { email, password }, headers),
    signOut: () => visitor.form('/api/auth/signout', {}),
  }
  return visitor
}

export type Visitor = ReturnType<typeof createVisitor>
