import NextAuth, { type NextAuthOptions } from 'next-auth'
import { safeRedirect } from '#lib/domain/safeRedirect.ts'
import { AppError } from '#lib/errors.ts'
import { readCookies } from '#server/http/cookies.ts'
import { errorResponse, logFailure, PRIVATE } from '#server/http/errorResponse.ts'
import { addressOf } from '#server/http/internalHeaders.ts'
import { readText } from '#server/http/readJson.ts'
import { requireSameOrigin } from '#server/http/sameOrigin.ts'
import { type AuthDeps, type AuthExchange, createAuthOptions, helperCookies } from './authOptions.ts'
import { deviceName } from './deviceName.ts'

/** What of next-auth is open. Its own pages, its log sink and other providers are not ours. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GET: ['csrf', 'session', 'signin', 'signout', 'error'],
  POST: ['callback/credentials', 'signout', 'session'],
}

/** next-auth's Pages entrance is typed for Next's own request and response, of which it uses this much. */
const nextAuth = NextAuth as unknown as (
  request: Awaited<ReturnType<typeof requestData>>,
  response: ResponseRecorder,
  options: NextAuthOptions,
) => Promise<unknown>

/**
 * next-auth's routes, `/api/auth/<action>`. Called with plain request data through its Pages entrance, so that the same
 * code runs under Next and in tests.
 */
export async function handleAuth(
  deps: AuthDeps,
  request: Request,
  action: readonly string[],
): Promise<Response> {
  try {
    requireSameOrigin(request.method, request.headers, deps.env.PUBLIC_URL)
    if (!ACTIONS[request.method]?.includes(action.join('/'))) throw AppError.notFound('This page')
    const exchange: AuthExchange = {
      client: { device: deviceName(request.headers.get('user-agent')), address: addressOf(request.headers) },
      cookieHeader: request.headers.get('cookie') ?? undefined,
      failure: undefined,
      presented: null,
    }
    const response = new ResponseRecorder()
    const outcome = await settle(
      nextAuth(await requestData(deps, request, action), response, createAuthOptions(deps, exchange)),
    )
    if (exchange.failure !== undefined) throw exchange.failure
    if (outcome.error) throw outcome.error
    return response.toResponse()
  } catch (error) {
    logFailure(deps.log, error, `${request.method} /api/auth/${action.join('/')}`)
    return errorResponse(error)
  }
}

async function settle(work: Promise<unknown>): Promise<{ error?: unknown }> {
  try {
    await work
    return {}
  } catch (error) {
    return { error }
  }
}

/** Only what next-auth needs: three cookies by exact name, no header that could speak of another origin. */
async function requestData({ env, sessions }: AuthDeps, request: Request, action: readonly string[]) {
  const origin = env.PUBLIC_URL
  const all = readCookies(request.headers.get('cookie') ?? undefined)
  const helpers = helperCookies(origin)
  const cookies: Record<string, string> = {}
  for (const name of [sessions.cookies.user, helpers.csrf]) {
    const value = all.get(name)
    if (value !== undefined) cookies[name] = decoded(value)
  }
  const callback = all.get(helpers.callback)
  if (callback !== undefined) cookies[helpers.callback] = safeRedirect(decoded(callback), origin)
  const query = safeCallback(fieldsOf(new URL(request.url).searchParams), origin)
  const body = request.method === 'POST' ? safeCallback(await formOf(request), origin) : {}
  return { method: request.method, query: { ...query, nextauth: [...action] }, body, cookies, headers: {} }
}

function safeCallback(fields: Record<string, string>, origin: string): Record<string, string> {
  const { callbackUrl } = fields
  return callbackUrl === undefined ? fields : { ...fields, callbackUrl: safeRedirect(callbackUrl, origin) }
}

function fieldsOf(fields: URLSearchParams): Record<string, string> {
  const names = [...fields.keys()]
  if (new Set(names).size !== names.length) throw new AppError('invalid-request', 'A field is given twice.')
  return Object.fromEntries(fields)
}

async function formOf(request: Request): Promise<Record<string, string>> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  const text = await readText(request)
  if (type === 'application/x-www-form-urlencoded') return fieldsOf(new URLSearchParams(text))
  if (type !== 'application/json') throw new AppError('invalid-request', 'The body must be a form or JSON.')
  try {
    const value: unknown = JSON.parse(text)
    const fields = Object.entries(value ?? {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    )
    return Object.fromEntries(fields)
  } catch (cause) {
    throw new AppError('invalid-request', 'The body is not valid JSON.', { cause })
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** As much of a Node response as next-auth uses. */
class ResponseRecorder {
  readonly #headers = new Map<string, string | readonly string[]>()
  #status = 200
  #body = ''

  status(status: number): this {
    this.#status = status
    return this
  }

  getHeader(name: string): string | readonly string[] | undefined {
    return this.#headers.get(name.toLowerCase())
  }

  setHeader(name: string, value: string | readonly string[]): this {
    this.#headers.set(name.toLowerCase(), value)
    return this
  }

  json(value: unknown): void {
    this.setHeader('content-type', 'application/json')
    this.#body = JSON.stringify(value)
  }

  send(body: unknown): void {
    if (typeof body === 'object') this.json(body)
    else this.end(String(body ?? ''))
  }

  end(body = ''): void {
    this.#body = body
  }

  toResponse(): Response {
    const headers = new Headers()
    for (const [name, value] of this.#headers) {
      for (const each of [value].flat()) headers.append(name, each)
    }
    headers.set('Cache-Control', PRIVATE['Cache-Control'])
    return new Response(this.#body, { status: this.#status, headers })
  }
}
