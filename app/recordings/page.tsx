import type { Metadata } from 'next'
import { z } from 'zod'
import { DeskShell } from '#components/desk/DeskShell.tsx'
import { PageHeading } from '#components/desk/PageHeading.tsx'
import { Leftovers } from '#components/recordings/Leftovers.tsx'
import { RecordingList } from '#components/recordings/RecordingList.tsx'
import { requireUser } from '../session.ts'

export const metadata: Metadata = { title: 'Recordings' }

type RecordingsPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function RecordingsPage({ searchParams }: RecordingsPageProps) {
  const user = await requireUser('/recordings')
  const meeting = z.uuid().safeParse((await searchParams).meeting)
  return (
    <DeskShell user={user}>
      <PageHeading title="Recordings">
        What was recorded in your meetings. Only you see it, and whom you send a link.
      </PageHeading>
      <RecordingList meetingId={meeting.success ? meeting.data : null} />
      <Leftovers />
    </DeskShell>
  )
}
