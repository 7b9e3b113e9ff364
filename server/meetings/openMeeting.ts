import { AppError } from '#lib/errors.ts'
import { meetingCode } from '#lib/protocol/ids.ts'
import { addressBlock } from '#server/http/clientAddress.ts'
import { limits } from '#server/limits/limits.ts'
import { type MeetingAtDoor, meetings } from './PrismaMeetings.ts'

/**
 * The meeting behind a link, for whoever has it. A code that names nothing, a deleted meeting and an ended one are one
 * answer, and looking for codes is limited by address (RM-1).
 *
 * @throws AppError not-found, rate-limited, unavailable
 */
export async function openMeeting(code: string, address: string): Promise<MeetingAtDoor> {
  const source = addressBlock(address)
  if (await limits().exhausted('code-lookup', source)) await limits().consume('code-lookup', source)
  const parsed = meetingCode.safeParse(code)
  const meeting = parsed.success ? await meetings().findByCode(parsed.data) : null
  if (meeting && meeting.endedAt === null) return meeting
  await limits().consume('code-lookup', source)
  throw AppError.notFound('This meeting')
}
