import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { DeskShell } from '#components/desk/DeskShell.tsx'
import { PageHeading } from '#components/desk/PageHeading.tsx'
import { ScheduleForm } from '#components/meetings/ScheduleForm.tsx'
import { policiesWithin } from '#lib/domain/recordingPolicy.ts'
import { wallClock } from '#lib/domain/recurrence.ts'
import { isAppError } from '#lib/errors.ts'
import { env } from '#server/env.ts'
import { meetingParams } from '#server/meetings/meetingInput.ts'
import { meetings } from '#server/meetings/PrismaMeetings.ts'
import { requireUser } from '../../../session.ts'

export const metadata: Metadata = { title: 'Edit meeting' }

type EditMeetingPageProps = { params: Promise<{ id: string }> }

export default async function EditMeetingPage({ params }: EditMeetingPageProps) {
  const parsed = meetingParams.safeParse(await params)
  if (!parsed.success) notFound()
  const { id } = parsed.data
  const user = await requireUser(`/meetings/${id}/edit`)
  const meeting = await ownMeeting(user.userId, id)
  const when = meeting.startsAt
    ? wallClock(new Date(meeting.startsAt), meeting.timeZone)
    : { date: '', time: '' }
  const { title, durationMinutes, repeats, timeZone, lobby } = meeting
  const { recordingPolicy, recordingConsent, recordingKeepDays } = meeting
  const plan = { ...when, title, durationMinutes, repeats, timeZone, lobby }
  const fields = { ...plan, recordingPolicy, recordingConsent, recordingKeepDays }
  return (
    <DeskShell user={user} width="narrow">
      <PageHeading title="Edit meeting">The link stays the same.</PageHeading>
      <ScheduleForm meeting={{ id, fields }} policies={policiesWithin(env().RECORDING)} />
    </DeskShell>
  )
}

/** One that is not theirs does not exist for them (RM-9). */
async function ownMeeting(userId: string, id: string) {
  try {
    return await meetings().find(userId, id)
  } catch (error) {
    if (isAppError(error) && error.code === 'not-found') notFound()
    throw error
  }
}
