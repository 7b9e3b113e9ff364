import { newClip } from '#lib/protocol/viewing.ts'
import { auditTrail } from '#server/auth/adminDeps.ts'
import { route } from '#server/http/route.ts'
import { recordingViews } from '#server/recordings/PrismaRecordingViews.ts'
import { recordingParams as params } from '#server/recordings/recordingParams.ts'
import { recordings } from '#server/recordings/recordingsService.ts'

export const POST = route(
  { access: 'user', params, body: newClip },
  async ({ identity, params, body, address }) => {
    await recordingViews().requireReady(identity.userId, params.id)
    const clip = await recordings().cutClip(params.id, body.fromMs, body.toMs, body.format)
    await auditTrail({
      action: 'recording.clipped',
      actorId: identity.userId,
      targetId: params.id,
      address,
      details: { ...clip },
    })
    return { clip }
  },
)
