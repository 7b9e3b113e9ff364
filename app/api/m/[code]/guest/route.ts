import { z } from 'zod'
import { AppError } from '#lib/errors.ts'
import { deviceName } from '#server/auth/deviceName.ts'
import { sessions } from '#server/auth/sessions.ts'
import { PRIVATE } from '#server/http/errorResponse.ts'
import { route } from '#server/http/route.ts'
import { openMeeting } from '#server/meetings/openMeeting.ts'

const body = z.strictObject({})
const params = z.strictObject({ code: z.string().max(200) })

/**
 * A guest token for one meeting, to whoever has its link. A code that names nothing, a deleted meeting and an ended one
 * are one answer, and looking for codes is limited (RM-1). Who was removed by the host is not let in again (RM-4).
 */
export const POST = route(
  { access: 'public', body, params, limit: 'guest-mint' },
  async ({ identity, params, request, address }) => {
    const meeting = await openMeeting(params.code, address)
    const cookie = request.headers.get('cookie') ?? undefined
    if (identity || (await sessions().authenticateGuest(cookie, meeting.id))) return {}
    const past = await sessions().pastGuest(cookie, meeting.id)
    if (past?.ended === 'removed') throw new AppError('forbidden', 'The host removed you from this meeting.')
    const device = deviceName(request.headers.get('user-agent'))
    const { setCookie } = await sessions().startGuest(meeting.id, { device, address })
    return Response.json({}, { headers: { ...PRIVATE, 'Set-Cookie': setCookie } })
  },
)
