import { Pool } from 'pg'
import { databaseUrl, poolConfig } from '#server/db.ts'
import { log } from '#server/log.ts'
import { processSingleton } from '#server/processSingleton.ts'
import { createLimits, type Limits } from './createLimits.ts'

export type { LimitName } from './createLimits.ts'

/** Counting must not wait behind pages' queries, nor the other way round. */
const POOL_SIZE = 4

/** The process's limits, counted in the database so that a restart forgives nobody (AU-6). */
export function limits(): Limits {
  return processSingleton('limits', () => {
    const pool = new Pool({ ...poolConfig(databaseUrl()), max: POOL_SIZE })
    const report = (error: Error) => log().warn({ error: error.message }, 'a database connection ended')
    pool.on('error', report)
    pool.on('connect', (client) => client.on('error', report))
    return createLimits(pool)
  })
}
