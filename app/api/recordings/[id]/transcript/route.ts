import { auditTrail } from '#server/auth/adminDeps.ts'
import { route } from '#server/http/route.ts'
import { recordingViews } from '#server/recordings/PrismaRecordingViews.ts'
import { recordingParams as params } from '#server/recordings/recordingParams.ts'
import { recordings } from '#server/recordings/recordingsService.ts'
import { receiveTranscript } from '#server/recordings/transcripts/receiveTranscript.ts'

/** The body is the file itself. It takes the place of the one before. */
export const PUT = route(
  { access: 'user', params, limit: 'transcript' },
  async ({ identity, params, request, address }) => {
    await recordingViews().requireReady(identity.userId, params.id)
    const transcript = await receiveTranscript(request)
    const { fileId, replaced } = await recordings().keepTranscript(params.id, transcript)
    await auditTrail({
      action: 'recording.transcriptAdded',
      actorId: identity.userId,
      targetId: params.id,
      address,
      details: { fileId, captions: transcript.captions, replaced },
    })
    return { transcript: { fileId, captions: transcript.captions } }
  },
)

export const DELETE = route({ access: 'user', params }, async ({ identity, params, address }) => {
  await recordingViews().requireReady(identity.userId, params.id)
  await recordings().removeTranscript(params.id)
  await auditTrail({
    action: 'recording.transcriptRemoved',
    actorId: identity.userId,
    targetId: params.id,
    address,
  })
  return {}
})
