import type { Metadata } from 'next'
import { DeskShell } from '#components/desk/DeskShell.tsx'
import { PageHeading } from '#components/desk/PageHeading.tsx'
import { ScheduleForm } from '#components/meetings/ScheduleForm.tsx'
import { policiesWithin } from '#lib/domain/recordingPolicy.ts'
import { env } from '#server/env.ts'
import { requireUser } from '../../session.ts'

export const metadata: Metadata = { title: 'Schedule a meeting' }

export default async function NewMeetingPage() {
  const user = await requireUser('/meetings/new')
  return (
    <DeskShell user={user} width="narrow">
      <PageHeading title="Schedule a meeting">
        Its link works from now on, for as long as you keep it.
      </PageHeading>
      <ScheduleForm policies={policiesWithin(env().RECORDING)} />
    </DeskShell>
  )
}
