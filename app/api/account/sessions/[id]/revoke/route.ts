import { z } from 'zod'
import { AppError } from '#lib/errors.ts'
import { auditTrail } from '#server/auth/adminDeps.ts'
import { reauthenticate } from '#server/auth/reauth.ts'
import { reauthBody } from '#server/auth/reauthBody.ts'
import { sessions } from '#server/auth/sessions.ts'
import { route } from '#server/http/route.ts'

const params = z.strictObject({ id: z.uuid() })

/** Ends one of one's own sessions. Somebody else's is as unknown as one that never was (RM-9, K22). */
export const POST = route(
  { access: 'user', params, body: reauthBody },
  async ({ identity, params, body, address }) => {
    const refusal = await reauthenticate(identity, body?.password)
    if (refusal) return refusal
    const { userId } = identity
    const ended = await sessions().end({ id: params.id, userId }, userId, 'revoked')
    if (ended === 0) throw AppError.notFound('This session')
    await auditTrail({ action: 'session.revoked', actorId: userId, targetId: params.id, address })
    return {}
  },
)
