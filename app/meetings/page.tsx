import { CalendarPlus } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { DeskShell } from '#components/desk/DeskShell.tsx'
import { PageHeading } from '#components/desk/PageHeading.tsx'
import { MeetingList } from '#components/meetings/MeetingList.tsx'
import { NewMeetingButton } from '#components/meetings/NewMeetingButton.tsx'
import { Leftovers } from '#components/recordings/Leftovers.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import { meetings } from '#server/meetings/PrismaMeetings.ts'
import { requireUser } from '../session.ts'

export const metadata: Metadata = { title: 'Meetings' }

export default async function MeetingsPage() {
  const user = await requireUser('/meetings')
  const first = await meetings().list(user.userId)
  return (
    <DeskShell user={user}>
      <PageHeading
        title="Meetings"
        actions={
          <>
            <NewMeetingButton />
            <Link href="/meetings/new" className={buttonClasses({})}>
              <CalendarPlus aria-hidden className="size-4" />
              Schedule meeting
            </Link>
          </>
        }
      />
      <MeetingList first={first} />
      <Leftovers />
    </DeskShell>
  )
}
