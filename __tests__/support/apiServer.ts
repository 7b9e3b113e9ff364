import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { sessions } from '#server/auth/sessions.ts'
import { database, pingDatabase } from '#server/db.ts'
import { env } from '#server/env.ts'
import { createHttpHandler } from '#server/http/createHttpHandler.ts'
import { limits } from '#server/limits/limits.ts'
import { log } from '#server/log.ts'
import type { Recordings } from '#server/recordings/Recordings.ts'
import type { MediaHandler } from '#server/recordings/viewing/createMediaHandler.ts'

type Handler = (request: Request, segment: { params: Promise<never> }) => Promise<Response>
type RouteModule = Readonly<Record<string, unknown>>
/** Path pattern as in app/: `/api/m/[code]/guest`, `/api/auth/[...nextauth]`. */
export type RouteTable = Readonly<Record<string, RouteModule>>

export type Answer = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  json(): { error?: { code: string; message: string } } & Record<string, unknown>
  /** Cookies set by the answer, by name. */
  readonly cookies: ReadonlyMap<string, string>
}

export type Ask = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>
  readonly cookie?: string
  readonly body?: unknown
  /** Sent as it is, instead of `body` as JSON. */
  readonly raw?: string
}

/**
 * Our own HTTP pipeline with real route handlers behind it, over real HTTP, without Next. The process's singletons are
 * made from `variables`, so that one test file has one server at a time.
 */
export async function startApiServer(
  routes: RouteTable,
  variables: Readonly<Record<string, string>>,
  page?: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  /** Made once the process's parts are there. */
  recorded?: () => { readonly media: MediaHandler; readonly intake: Recordings['handleRequest'] },
) {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  Object.assign(process.env, { PUBLIC_URL: `http://localhost:${address.port}` }, variables)
  for (const key of ['database', 'env', 'log', 'sessions', 'limits']) {
    Reflect.deleteProperty(globalThis, Symbol.for(`parley.${key}`))
  }
  const next = async (request: IncomingMessage, response: ServerResponse) => {
    if (page && !request.url?.startsWith('/api/')) await page(request, response)
    else await dispatch(routes, request, response)
  }
  server.on(
    'request',
    createHttpHandler(next, {
      env: env(),
      sessions: sessions(),
      log: log(),
      pingDatabase,
      ...recorded?.(),
    }),
  )

  return {
    server,
    port: address.port,
    origin: env().PUBLIC_URL,
    /** A request as our own page would send it; `headers` are added, `undefined` takes one away. */
    ask: (path: string, ask: Ask = {}) => send(address.port, env().PUBLIC_URL, path, ask),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await sessions().close()
      await limits().close()
      await database().$disconnect()
    },
  }
}

export type ApiServer = Awaited<ReturnType<typeof startApiServer>>

function send(port: number, origin: string, path: string, ask: Ask): Promise<Answer> {
  const { method = ask.body === undefined && ask.raw === undefined ? 'GET' : 'POST' } = ask
  const content = ask.raw ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body))
  const headers: Record<string, string | string[] | undefined> = {
    host: new URL(origin).host,
    ...(method === 'GET' ? {} : { origin, 'sec-fetch-site': 'same-origin' }),
    ...(content === undefined ? {} : { 'content-type': 'application/json' }),
    ...(ask.cookie === undefined ? {} : { cookie: ask.cookie }),
    ...ask.headers,
  }
  const present = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', path, method, headers: present, agent: false })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(answerOf(response, Buffer.concat(chunks).toString())))
    })
    request.end(content)
  })
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, text: string): Answer {
  const lines = headers['set-cookie'] ?? []
  const cookies = lines.map((line): [string, string] => {
    const [pair = ''] = line.split(';', 1)
    const equals = pair.indexOf('=')
    return [pair.slice(0, equals), pair.slice(equals + 1)]
  })
  return { status: statusCode, headers, text, json: () => JSON.parse(text), cookies: new Map(cookies) }
}

async function dispatch(
  routes: RouteTable,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  for (const [pattern, module] of Object.entries(routes)) {
    const params = match(pattern, url.pathname)
    if (!params) continue
    const method = request.method === 'HEAD' && !module.HEAD ? 'GET' : (request.method ?? 'GET')
    const handler = module[method] as Handler | undefined
    if (!handler) break
    const answer = await handler(await requestOf(request, url), { params: Promise.resolve(params as never) })
    response.statusCode = answer.status
    answer.headers.forEach((value, name) => {
      if (name !== 'set-cookie') response.setHeader(name, value)
    })
    const setCookies = answer.headers.getSetCookie()
    if (setCookies.length > 0) response.setHeader('set-cookie', setCookies)
    response.end(Buffer.from(await answer.arrayBuffer()))
    return
  }
  response.statusCode = 404
  response.end('no such route')
}

async function requestOf(request: IncomingMessage, url: URL): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    for (const each of [value ?? []].flat()) headers.append(name, each)
  }
  const method = request.method ?? 'GET'
  const body = ['GET', 'HEAD'].includes(method) || chunks.length === 0 ? null : Buffer.concat(chunks)
  return new Request(url, { method, headers, body })
}

function match(pattern: string, path: string): Record<string, string | string[]> | null {
  const wanted = pattern.split('/')
  const given = path.split('/')
  const params: Record<string, string | string[]> = {}
  for (const [index, part] of wanted.entries()) {
    const rest = /^\[\.\.\.(\w+)\]$/.exec(part)?.[1]
    if (rest !== undefined) {
      params[rest] = given.slice(index)
      return params
    }
    const name = /^\[(\w+)\]$/.exec(part)?.[1]
    const value = given[index]
    if (value === undefined) return null
    if (name !== undefined) params[name] = decodeURIComponent(value)
    else if (part !== value) return null
  }
  return wanted.length === given.length ? params : null
}
