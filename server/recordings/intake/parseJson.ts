import type { IncomingMessage } from 'node:http'
import type { ZodType } from 'zod'
import { AppError } from '#lib/errors.ts'

/** A body as what its schema says. The media type is looked at as everywhere (K35). @throws AppError invalid-request */
export function parseJson<Value>(schema: ZodType<Value>, body: Buffer, request: IncomingMessage): Value {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new AppError('invalid-request', 'The body must be application/json.')
  const parsed = schema.safeParse(jsonOf(body))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = issue?.path.join('.') ?? ''
  throw new AppError('invalid-request', `${path === '' ? 'body' : path}: ${issue?.message ?? 'not valid'}`, {
    cause: parsed.error,
  })
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown
  } catch (cause) {
    throw new AppError('invalid-request', 'The body is not valid JSON.', { cause })
  }
}
