import { newShare } from '#lib/protocol/viewing.ts'
import { passwords } from '#server/auth/passwords.ts'
import { route } from '#server/http/route.ts'
import { recordingShares } from '#server/recordings/PrismaRecordingShares.ts'
import { recordingParams as params } from '#server/recordings/recordingParams.ts'

export const GET = route({ access: 'user', params }, async ({ identity, params }) => ({
  shares: await recordingShares().list(identity.userId, params.id),
}))

/** The secret is in this answer and nowhere else: the table keeps its hash. */
export const POST = route(
  { access: 'user', params, body: newShare },
  async ({ identity, params, body: { passcode, ...share }, address }) => {
    const passcodeHash = passcode === null ? null : await passwords().hash(passcode)
    return recordingShares().create({ userId: identity.userId, address }, params.id, share, passcodeHash)
  },
)
