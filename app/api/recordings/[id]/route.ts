import { renameRecording } from '#lib/protocol/viewing.ts'
import { route } from '#server/http/route.ts'
import { recordingViews } from '#server/recordings/PrismaRecordingViews.ts'
import { recordingParams as params } from '#server/recordings/recordingParams.ts'
import { recordings } from '#server/recordings/recordingsService.ts'

export const GET = route({ access: 'user', params }, async ({ identity, params }) => ({
  recording: await recordingViews().find(identity.userId, params.id),
}))

export const PATCH = route(
  { access: 'user', params, body: renameRecording },
  async ({ identity, params, body, address }) => {
    await recordingViews().rename({ userId: identity.userId, address }, params.id, body.title)
    return { recording: { title: body.title } }
  },
)

/** From the first line on nobody sees it; then its bytes go, at once or as soon as the storage lets them. */
export const DELETE = route({ access: 'user', params }, async ({ identity, params, address }) => {
  await recordingViews().markDeleted({ userId: identity.userId, address }, params.id)
  await recordings().deleteRecording(params.id)
  return {}
})
