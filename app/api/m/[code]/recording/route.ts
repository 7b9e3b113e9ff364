import { z } from 'zod'
import { recordingNotice } from '#lib/domain/recordingPolicy.ts'
import { env } from '#server/env.ts'
import { route } from '#server/http/route.ts'
import { openMeeting } from '#server/meetings/openMeeting.ts'

const params = z.strictObject({ code: z.string().max(200) })

/**
 * Whether this meeting is recorded, for those who have its link and have not joined: the page's own data once more, and
 * nothing beyond it (REC-15).
 */
export const GET = route(
  { access: 'public', params, limit: 'recording-notice' },
  async ({ params: { code }, address }) => ({
    recording: recordingNotice(env().RECORDING, await openMeeting(code, address)),
  }),
)
