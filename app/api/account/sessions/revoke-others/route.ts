import { auditTrail } from '#server/auth/adminDeps.ts'
import { reauthenticate } from '#server/auth/reauth.ts'
import { reauthBody } from '#server/auth/reauthBody.ts'
import { sessions } from '#server/auth/sessions.ts'
import { route } from '#server/http/route.ts'

/** Ends all of one's own sessions but the one that asks. */
export const POST = route({ access: 'user', body: reauthBody }, async ({ identity, body, address }) => {
  const refusal = await reauthenticate(identity, body?.password)
  if (refusal) return refusal
  const { userId, sessionId } = identity
  const count = await sessions().end({ userId, exceptId: sessionId }, userId, 'revoked')
  await auditTrail({
    action: 'session.revoked',
    actorId: userId,
    targetId: userId,
    address,
    details: { count, others: true },
  })
  return {}
})
