import { newChapter } from '#lib/protocol/viewing.ts'
import { route } from '#server/http/route.ts'
import { recordingViews } from '#server/recordings/PrismaRecordingViews.ts'
import { recordingParams as params } from '#server/recordings/recordingParams.ts'

export const POST = route(
  { access: 'user', params, body: newChapter },
  async ({ identity, params, body, address }) => ({
    chapter: await recordingViews().addChapter({ userId: identity.userId, address }, params.id, body),
  }),
)
