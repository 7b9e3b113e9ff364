import { auditTrail } from '#server/auth/adminDeps.ts'
import { route } from '#server/http/route.ts'
import { recordingViews } from '#server/recordings/PrismaRecordingViews.ts'
import { clipParams as params } from '#server/recordings/recordingParams.ts'
import { recordings } from '#server/recordings/recordingsService.ts'

export const DELETE = route({ access: 'user', params }, async ({ identity, params, address }) => {
  await recordingViews().requireReady(identity.userId, params.id)
  await recordings().deleteClip(params.id, params.clipId)
  await auditTrail({
    action: 'recording.clipDeleted',
    actorId: identity.userId,
    targetId: params.id,
    address,
    details: { fileId: params.clipId },
  })
  return {}
})
