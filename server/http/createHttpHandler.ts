import { randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { MAX_CHUNK_BYTES } from '#lib/protocol/recordings.ts'
import { MAX_TRANSCRIPT_BYTES } from '#lib/protocol/viewing.ts'
import type { Renewal, Sessions } from '#server/auth/createSessions.ts'
import type { RunningEnv } from '#server/env.ts'
import { isChunkRequest } from '#server/recordings/intake/intakeRequest.ts'
import { isTranscriptUpload } from '#server/recordings/transcripts/transcriptPath.ts'
import { WEBHOOK_PATH } from '#server/sfu/paths.ts'
import { cameFromHere, clientAddress } from './clientAddress.ts'
import { closeAfterAnswer } from './closeAfterAnswer.ts'
import { failureOf, logFailure } from './errorResponse.ts'
import { answerHealth, HEALTH_PATH, type HealthDeps } from './health.ts'
import { type HostPolicy, hostPolicy } from './hostPolicy.ts'
import { ADDRESS_HEADER, LOCAL_HEADER } from './internalHeaders.ts'
import type { PrecompressedFiles } from './PrecompressedFiles.ts'
import { MAX_BODY_BYTES } from './readJson.ts'
import { requestTarget } from './requestTarget.ts'
import { contentSecurityPolicy, fixedHeaders } from './securityHeaders.ts'

export type HttpDeps = HealthDeps & {
  readonly env: Pick<RunningEnv, 'NODE_ENV' | 'PUBLIC_URL' | 'TRUSTED_PROXY_HOPS'>
  readonly sessions: Pick<Sessions, 'renew'>
  /** Answers what is below `/sfu/`. @returns false when it does not */
  readonly sfu?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
  /** Answers whoever records. @returns false when it does not */
  readonly intake?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
  /** Answers what is a recording's file, with the session renewed. @returns false when it is none */
  readonly media?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
  /** Static files that need not go through Next. */
  readonly files?: Pick<PrecompressedFiles, 'answer'> | null
}

type Next = (request: IncomingMessage, response: ServerResponse) => Promise<void>

const NONCE_BYTES = 18
/** What machines ask by an address of their own, whatever PUBLIC_URL is. */
const LOOPBACK_PATHS = new Set([HEALTH_PATH, WEBHOOK_PATH])
/** Files that are the same for everybody. Prefix of Next's own. */
const STATIC = '/_next/'
/** What Next's proxy layers say to each other; from outside it has switched authorisation off more than once (NX-3). */
const UNTRUSTED =
  /^(x-parley-|x-middleware-|x-nextjs-|x-invoke-|x-now-|x-vercel-|x-matched-path$|x-prerender-|x-action-|x-forwarded-|next-resume$|next-action$|next-cache-|x-nonce$|x-real-ip$|forwarded$|content-security-policy|x-http-method|x-original-|x-rewrite-)/

/**
 * What every request passes before Next sees it: target and Host (SE-11), headers that are ours to set, body size,
 * security headers with a nonce for this one page (NX-7), and the renewal of session tokens.
 */
export function createHttpHandler(next: Next, deps: HttpDeps): RequestListener {
  const { env, log } = deps
  const hosts = hostPolicy(env.PUBLIC_URL)
  const dev = env.NODE_ENV === 'development'
  const fixed = fixedHeaders(env.PUBLIC_URL)
  configureNextAuth(env.PUBLIC_URL)

  return async (request, response) => {
    try {
      for (const [name, value] of fixed) response.setHeader(name, value)
      const refusal = refuse(request, hosts, dev)
      if (refusal) {
        refuseWith(request, response, refusal)
        return
      }
      const path = request.url?.split('?', 1)[0] ?? '/'
      if (path === HEALTH_PATH) {
        await answerHealth(request, response, deps)
        return
      }
      if (deps.files?.answer(request, response, path)) return
      if (await deps.sfu?.(request, response)) return
      markRequest(request, hosts, env)
      if (!path.startsWith(STATIC)) {
        const nonce = randomBytes(NONCE_BYTES).toString('base64')
        const policy = contentSecurityPolicy(nonce, env.PUBLIC_URL, dev)
        // Next reads the nonce out of this request header and puts it on its own scripts.
        request.headers['content-security-policy'] = policy
        response.setHeader('Content-Security-Policy', policy)
        renewed(request, response, await deps.sessions.renew(request.headers.cookie))
        if (await deps.media?.(request, response)) return
      }
      if (await deps.intake?.(request, response)) return
      await next(request, response)
    } catch (error) {
      logFailure(log, error, `${request.method} ${withoutSecret(request.url?.split('?', 1)[0])}`)
      sendFailure(response, error)
    }
  }
}

/** A link to a recording is its secret: no log may hold it. */
const withoutSecret = (path = ''): string => path.replace(/^\/r\/.*/, '/r/…')

/** next-auth takes its own origin from here and from nowhere else: no header decides where links lead (SE-11). */
function configureNextAuth(publicUrl: string): void {
  process.env.NEXTAUTH_URL = publicUrl
  delete process.env.AUTH_TRUST_HOST
}

type Refusal = { readonly status: number; readonly message: string }

function refuse(request: IncomingMessage, hosts: HostPolicy, dev: boolean): Refusal | null {
  const target = requestTarget(request.url)
  if (!target) return { status: 400, message: 'This address is not valid.' }
  const { host } = request.headers
  const probe = LOOPBACK_PATHS.has(target.path) && hosts.isLoopbackHost(host)
  if (!hosts.isOwnHost(host) && !probe) {
    return { status: 421, message: 'This server is not known by that name. Set PUBLIC_URL to its address.' }
  }
  const api = target.path.startsWith('/api/') && target.path !== HEALTH_PATH
  const method = request.method ?? ''
  // Pages are only read; development tools of Next's are the one exception.
  const allowed = api || dev ? ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] : ['GET', 'HEAD']
  if (!allowed.includes(method)) return { status: 405, message: 'This method is not possible here.' }
  if (Number(request.headers['content-length'] ?? 0) > mostBytes(method, target.path) && !dev) {
    return { status: 413, message: 'The body is too large.' }
  }
  return null
}

function mostBytes(method: string, path: string): number {
  if (isChunkRequest(method, path)) return MAX_CHUNK_BYTES
  return isTranscriptUpload(method, path) ? MAX_TRANSCRIPT_BYTES : MAX_BODY_BYTES
}

/** Removes what a client must not say and adds what only we know. */
function markRequest(request: IncomingMessage, hosts: HostPolicy, env: HttpDeps['env']): void {
  const { headers, socket } = request
  const address = clientAddress(socket.remoteAddress, headers, env.TRUSTED_PROXY_HOPS)
  // Nothing stands in front of a local name, nor of a TLS that ends here (`--lan`).
  const direct = env.TRUSTED_PROXY_HOPS === 0 && (hosts.isLocal || 'encrypted' in socket)
  const local = direct && cameFromHere(socket, headers)
  const dev = env.NODE_ENV === 'development'
  for (const name of Object.keys(headers)) {
    if (UNTRUSTED.test(name) && !(dev && /^x-nextjs-(html-)?request-id$/.test(name))) delete headers[name]
  }
  headers[ADDRESS_HEADER] = address
  if (local) headers[LOCAL_HEADER] = '1'
  headers['x-forwarded-for'] = address
  headers['x-forwarded-host'] = headers.host
  headers['x-forwarded-proto'] = new URL(env.PUBLIC_URL).protocol.slice(0, -1)
  // Next builds `Request.headers` from these raw pairs in some paths; they must tell the same story.
  request.rawHeaders = Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).flatMap((each) => [name, each]),
  )
}

/** Hands fresh tokens to whoever handles the request, and to the browser unless the handler set that cookie itself. */
function renewed(request: IncomingMessage, response: ServerResponse, renewal: Renewal | null): void {
  if (!renewal) return
  request.headers.cookie = renewal.cookieHeader
  beforeHeaders(response, () => {
    const present = [response.getHeader('set-cookie') ?? []].flat().map(String)
    const missing = renewal.setCookies.filter(
      ({ name }) => !present.some((line) => line.startsWith(`${name}=`)),
    )
    if (missing.length > 0)
      response.setHeader('Set-Cookie', [...present, ...missing.map(({ header }) => header)])
    // An answer that carries a token belongs to one person.
    if (missing.length > 0) response.setHeader('Cache-Control', 'private, no-store')
  })
}

/** Runs `work` once, right before the status line and headers are written. */
function beforeHeaders(response: ServerResponse, work: () => void): void {
  const writeHead = response.writeHead
  response.writeHead = ((...args: Parameters<typeof writeHead>) => {
    response.writeHead = writeHead
    const given = args.find((arg) => typeof arg === 'object')
    if (given && !Array.isArray(given)) {
      for (const [name, value] of Object.entries(given))
        if (value !== undefined) response.setHeader(name, value)
      work()
      return writeHead.call(response, args[0])
    }
    work()
    return writeHead.apply(response, args)
    // writeHead is overloaded; the replacement passes on whatever form it was called in.
  }) as typeof writeHead
}

function refuseWith(request: IncomingMessage, response: ServerResponse, { status, message }: Refusal): void {
  response.statusCode = status
  closeAfterAnswer(request, response)
  response.setHeader('Content-Type', 'application/json')
  response.setHeader('Cache-Control', 'no-store')
  response.end(JSON.stringify({ error: { code: 'invalid-request', message } }))
}

function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const failure = failureOf(error)
  response.statusCode = failure.status
  for (const [name, value] of Object.entries(failure.headers)) response.setHeader(name, value)
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify(failure.body))
}
