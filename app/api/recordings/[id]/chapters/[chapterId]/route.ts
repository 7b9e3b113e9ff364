import { route } from '#server/http/route.ts'
import { recordingViews } from '#server/recordings/PrismaRecordingViews.ts'
import { chapterParams as params } from '#server/recordings/recordingParams.ts'

export const DELETE = route({ access: 'user', params }, async ({ identity, params, address }) => {
  await recordingViews().removeChapter({ userId: identity.userId, address }, params.id, params.chapterId)
  return {}
})
