import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '#server/log.ts'
import manifest from '../../package.json' with { type: 'json' }

export const HEALTH_PATH = '/api/health'

export type HealthDeps = {
  /** Rejects when the database does not answer. */
  readonly pingDatabase: () => Promise<unknown>
  readonly log: Log
}

/**
 * For monitors and load balancers: 200 while the database answers, else 503. Says nothing else about our insides.
 * Answered without Next, which loads a route's code when it is first asked for: the pages of running calls ask this
 * the moment a restarted server listens.
 */
export async function answerHealth(
  request: IncomingMessage,
  response: ServerResponse,
  { pingDatabase, log }: HealthDeps,
): Promise<void> {
  const answers = await pingDatabase().then(
    () => true,
    (error: unknown) => {
      log.warn({ err: error }, 'the database does not answer')
      return false
    },
  )
  response.statusCode = answers ? 200 : 503
  response.setHeader('Content-Type', 'application/json')
  response.setHeader('Cache-Control', 'no-store')
  const body = answers
    ? { status: 'ok', database: 'ok', version: manifest.version }
    : { status: 'unavailable', database: 'unreachable' }
  response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body))
}
