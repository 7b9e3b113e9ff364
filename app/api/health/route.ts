import { database } from '#server/db.ts'
import { log } from '#server/log.ts'
import manifest from '../../../package.json' with { type: 'json' }

export const dynamic = 'force-dynamic'

/** For monitors and load balancers: 200 while the database answers, else 503. Says nothing else about our insides. */
export async function GET(): Promise<Response> {
  const headers = { 'Cache-Control': 'no-store' }
  try {
    await database().$queryRaw`SELECT 1`
    return Response.json({ status: 'ok', database: 'ok', version: manifest.version }, { headers })
  } catch (error) {
    log().warn({ err: error }, 'the database does not answer')
    return Response.json({ status: 'unavailable', database: 'unreachable' }, { status: 503, headers })
  }
}
