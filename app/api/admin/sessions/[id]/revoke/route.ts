import { z } from 'zod'
import { AppError } from '#lib/errors.ts'
import { auditTrail } from '#server/auth/adminDeps.ts'
import { sessions } from '#server/auth/sessions.ts'
import { route } from '#server/http/route.ts'

const params = z.strictObject({ id: z.uuid() })

/** Ends anybody's session, in every process, on HTTP and on sockets. */
export const POST = route({ access: 'admin', params }, async ({ identity, params, address }) => {
  const ended = await sessions().end({ id: params.id }, identity.userId, 'revoked')
  if (ended === 0) throw AppError.notFound('This session')
  await auditTrail({ action: 'session.revoked', actorId: identity.userId, targetId: params.id, address })
  return {}
})
