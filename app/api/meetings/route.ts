import { route } from '#server/http/route.ts'
import { createMeetingInput, listMeetingsQuery } from '#server/meetings/meetingInput.ts'
import { meetings } from '#server/meetings/PrismaMeetings.ts'

export const GET = route({ access: 'user', query: listMeetingsQuery }, ({ identity, query }) =>
  meetings().list(identity.userId, query.cursor),
)

export const POST = route(
  { access: 'user', body: createMeetingInput },
  async ({ identity, body, address }) => ({
    meeting: await meetings().create({ userId: identity.userId, address }, body),
  }),
)
