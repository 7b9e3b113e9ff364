import { env } from '#server/env.ts'
import { ShareTokens } from './ShareTokens.ts'

/** Stateless over the process's configuration, for route handlers. */
export const shareTokens = (): ShareTokens => new ShareTokens(env())
