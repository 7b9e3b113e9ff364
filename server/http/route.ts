import type { ZodType, z } from 'zod'
import { AppError } from '#lib/errors.ts'
import type { UserIdentity } from '#server/auth/identity.ts'
import { sessions } from '#server/auth/sessions.ts'
import { env } from '#server/env.ts'
import { type LimitName, limits } from '#server/limits/limits.ts'
import { log } from '#server/log.ts'
import { addressBlock } from './clientAddress.ts'
import { errorResponse, logFailure, PRIVATE } from './errorResponse.ts'
import { addressOf } from './internalHeaders.ts'
import { readJson } from './readJson.ts'
import { requireSameOrigin } from './sameOrigin.ts'

export type Access = 'public' | 'user' | 'admin'

type IdentityFor<A extends Access> = A extends 'public' ? UserIdentity | null : UserIdentity

export type RouteContext<A extends Access, Body, Query, Params> = {
  /** Null only on a public route. Read from the session's row, with the role as it is now. */
  readonly identity: IdentityFor<A>
  readonly body: Body
  readonly query: Query
  readonly params: Params
  readonly request: Request
  /** The client's address as our trusted proxies saw it (NX-8). */
  readonly address: string
}

type Options<A extends Access, Body, Query, Params> = {
  readonly access: A
  readonly body?: ZodType<Body>
  readonly query?: ZodType<Query>
  readonly params?: ZodType<Params>
  /** Which limit each request uses up, by person, else by address. */
  readonly limit?: LimitName
  /** Of an answer that is not an error; 200 when absent. */
  readonly status?: number
}

type Segment = { readonly params: Promise<Record<string, string | string[] | undefined>> }
type RouteHandler = (request: Request, segment?: Segment) => Promise<Response>

/**
 * A route handler with everything decided before `handle` runs: origin (SE-13), session row and role (SE-1),
 * limit, and input parsed into what its schemas say (PR-2). What `handle` returns is sent as JSON that no cache keeps;
 * what it throws becomes `{ error: { code, message } }` with the code's status.
 */
export function route<A extends Access, Body = undefined, Query = undefined, Params = undefined>(
  options: Options<A, Body, Query, Params>,
  handle: (context: RouteContext<A, Body, Query, Params>) => Promise<unknown>,
): RouteHandler {
  return async (request, segment) => {
    try {
      requireSameOrigin(request.method, request.headers, env().PUBLIC_URL)
      const address = addressOf(request.headers)
      const identity = await identify(request, options.access)
      await limits().consume(options.limit ?? 'api', identity?.userId ?? addressBlock(address))
      const context: RouteContext<A, Body, Query, Params> = {
        identity,
        body: await parse(options.body, () => readJson(request)),
        query: await parse(options.query, () => queryOf(request)),
        params: await parse(options.params, async () => (segment ? await segment.params : {})),
        request,
        address,
      }
      return answer(await handle(context), options.status ?? 200)
    } catch (error) {
      logFailure(log(), error, `${request.method} ${new URL(request.url).pathname}`)
      return errorResponse(error)
    }
  }
}

/**
 * @returns who asks, typed by what the route demands: `public` may be nobody, the others never are
 * @throws AppError unauthenticated, forbidden, unavailable
 */
async function identify<A extends Access>(request: Request, access: A): Promise<IdentityFor<A>> {
  const identity = await sessions().authenticate(request.headers.get('cookie') ?? undefined)
  if (access !== 'public' && identity === null) throw AppError.unauthenticated()
  if (access === 'admin' && !identity?.admin) throw AppError.forbidden()
  // The checks above are what the conditional type says; TypeScript cannot follow them through `A`.
  return identity as IdentityFor<A>
}

/** Each query key once: `?id=1&id=2` would mean different things to different readers (NX-3). */
function queryOf(request: Request): Record<string, string> {
  const { searchParams } = new URL(request.url)
  const names = [...searchParams.keys()]
  if (new Set(names).size !== names.length) {
    throw new AppError('invalid-request', 'A query parameter is given twice.')
  }
  return Object.fromEntries(searchParams)
}

async function parse<Value>(schema: ZodType<Value> | undefined, read: () => unknown): Promise<Value> {
  // No schema: the type parameter is `undefined`, and nothing is read.
  if (!schema) return undefined as Value
  const parsed = schema.safeParse(await read())
  if (parsed.success) return parsed.data
  throw new AppError('invalid-request', describe(parsed.error), { cause: parsed.error })
}

/** The first thing that is wrong, with its path; never the value that was sent. */
function describe(error: z.ZodError): string {
  const [issue] = error.issues
  if (!issue) return 'The request is not valid.'
  const path = issue.path.join('.')
  return path === '' ? issue.message : `${path}: ${issue.message}`
}

function answer(value: unknown, status: number): Response {
  if (value instanceof Response) return value
  return Response.json(value ?? {}, { status, headers: PRIVATE })
}
