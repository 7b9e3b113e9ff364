import { route } from '#server/http/route.ts'
import { recordingShares } from '#server/recordings/PrismaRecordingShares.ts'
import { shareParams as params } from '#server/recordings/recordingParams.ts'

export const DELETE = route({ access: 'user', params }, async ({ identity, params, address }) => {
  await recordingShares().revoke({ userId: identity.userId, address }, params.id, params.shareId)
  return {}
})
