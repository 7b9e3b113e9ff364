import { database } from '#server/db.ts'
import { env } from '#server/env.ts'
import { limits } from '#server/limits/limits.ts'
import { log } from '#server/log.ts'
import type { AuthDeps } from './authOptions.ts'
import { createAccounts } from './PrismaAccounts.ts'
import { audit } from './PrismaAudit.ts'
import { passwords } from './passwords.ts'
import { sessions } from './sessions.ts'
import { signIn } from './signIn.ts'

/** The process's parts, put together for next-auth's routes. */
export function authDeps(): AuthDeps {
  const write: AuthDeps['audit'] = (entry) => audit(database(), entry)
  const deps = {
    accounts: createAccounts(database()),
    passwords: passwords(),
    limits: limits(),
    audit: write,
  }
  return {
    env: env(),
    sessions: sessions(),
    log: log(),
    audit: write,
    signIn: (input, client) => signIn(deps, input, client),
  }
}
