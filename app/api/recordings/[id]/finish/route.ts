import { route } from '#server/http/route.ts'
import { recordingViews } from '#server/recordings/PrismaRecordingViews.ts'
import { recordingParams as params } from '#server/recordings/recordingParams.ts'

/** What failed is tried once more, from what there still is of it. */
export const POST = route({ access: 'user', params }, async ({ identity, params, address }) => {
  await recordingViews().finishAgain({ userId: identity.userId, address }, params.id)
  return {}
})
