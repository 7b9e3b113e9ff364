import { database, databaseUrl } from '#server/db.ts'
import { env } from '#server/env.ts'
import { log } from '#server/log.ts'
import { processSingleton } from '#server/processSingleton.ts'
import { createSessions, type Sessions } from './createSessions.ts'

/** The process's sessions, shared by server.ts, sockets and Next's bundles. */
export function sessions(): Sessions {
  return processSingleton('sessions', () =>
    createSessions({ prisma: database(), databaseUrl: databaseUrl(), env: env(), log: log() }),
  )
}
