import { openShare } from '#lib/protocol/viewing.ts'
import { passwords } from '#server/auth/passwords.ts'
import { PRIVATE } from '#server/http/errorResponse.ts'
import { route } from '#server/http/route.ts'
import { limits } from '#server/limits/limits.ts'
import { openSharedLink } from '#server/recordings/openSharedLink.ts'
import { recordingShares } from '#server/recordings/PrismaRecordingShares.ts'
import { shareTokens } from '#server/recordings/shareTokensOfProcess.ts'

/** By the link's secret (and passcode), once; from then on by the cookie that this sets. */
export const POST = route({ access: 'public', body: openShare }, async ({ body, request, address }) => {
  const cookie = request.headers.get('cookie') ?? undefined
  const deps = { shares: recordingShares(), tokens: shareTokens(), passwords: passwords(), limits: limits() }
  const { share, open } = await openSharedLink(deps, { ...body, cookie, address })
  if (!open) return { id: share.id, open }
  const headers = new Headers(PRIVATE)
  for (const header of await shareTokens().cookiesFor(share, cookie)) headers.append('Set-Cookie', header)
  return Response.json({ id: share.id, open }, { headers })
})
