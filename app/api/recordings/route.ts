import { listRecordingsQuery } from '#lib/protocol/viewing.ts'
import { route } from '#server/http/route.ts'
import { recordingViews } from '#server/recordings/PrismaRecordingViews.ts'

export const GET = route({ access: 'user', query: listRecordingsQuery }, ({ identity, query }) =>
  recordingViews().list(identity.userId, query),
)
