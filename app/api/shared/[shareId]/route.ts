import { AppError } from '#lib/errors.ts'
import { route } from '#server/http/route.ts'
import { recordingShares } from '#server/recordings/PrismaRecordingShares.ts'
import { recordingViews } from '#server/recordings/PrismaRecordingViews.ts'
import { sharedParams as params } from '#server/recordings/recordingParams.ts'
import { shareTokens } from '#server/recordings/shareTokensOfProcess.ts'

/** What a link's holder sees. Who never held it is told the same of every id. */
export const GET = route({ access: 'public', params }, async ({ params, request }) => {
  const cookie = request.headers.get('cookie') ?? undefined
  if ((await shareTokens().openedIn(cookie, params.shareId)) === null) throw unopened()
  const share = await recordingShares().findLive(params.shareId)
  if (!share) throw AppError.notFound('This link')
  if (!(await shareTokens().opens(cookie, share))) throw unopened()
  return { recording: await recordingViews().findShared(share.recordingId, share.download) }
})

const unopened = () => new AppError('unauthenticated', 'Please open the link again.')
