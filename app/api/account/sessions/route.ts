import { sessionList } from '#server/auth/adminDeps.ts'
import { route } from '#server/http/route.ts'

export const GET = route({ access: 'user' }, async ({ identity }) => ({
  sessions: await sessionList().ofUser(identity.userId, identity.sessionId),
}))
