import { route } from '#server/http/route.ts'
import { meetingParams, updateMeetingInput } from '#server/meetings/meetingInput.ts'
import { meetings } from '#server/meetings/PrismaMeetings.ts'
import { realtime } from '#server/realtime/realtime.ts'

export const GET = route({ access: 'user', params: meetingParams }, async ({ identity, params }) => ({
  meeting: await meetings().find(identity.userId, params.id),
}))

export const PATCH = route(
  { access: 'user', params: meetingParams, body: updateMeetingInput },
  async ({ identity, params, body, address }) => {
    const meeting = await meetings().update({ userId: identity.userId, address }, params.id, body)
    // A call that is running takes the new rule at once.
    if (body.lobby !== undefined) await realtime().setLobby(meeting.id, meeting.lobby)
    if (RECORDING_FIELDS.some((field) => body[field] !== undefined)) {
      const { recordingPolicy: policy, recordingConsent: consent, recordingKeepDays: keepDays } = meeting
      await realtime().setRecordingRules(meeting.id, { policy, consent, keepDays })
    }
    return { meeting }
  },
)

const RECORDING_FIELDS = ['recordingPolicy', 'recordingConsent', 'recordingKeepDays'] as const

export const DELETE = route(
  { access: 'user', params: meetingParams },
  async ({ identity, params, address }) => {
    await meetings().delete({ userId: identity.userId, address }, params.id)
    await realtime().endMeeting(params.id, 'meeting-deleted')
    return {}
  },
)
