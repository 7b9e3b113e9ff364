import { ChevronLeft } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { DeskShell } from '#components/desk/DeskShell.tsx'
import { RecordingScreen } from '#components/recordings/RecordingScreen.tsx'
import { isAppError } from '#lib/errors.ts'
import { recordingViews } from '#server/recordings/PrismaRecordingViews.ts'
import { recordingParams } from '#server/recordings/recordingParams.ts'
import { currentUser, requireUser } from '../../session.ts'

type RecordingPageProps = { params: Promise<{ id: string }> }

/** Once per request: the title and the page ask the same. */
const find = cache(async (userId: string, id: string) => {
  try {
    return await recordingViews().find(userId, id)
  } catch (error) {
    // One that is not theirs does not exist for them (RM-9).
    if (isAppError(error) && error.code === 'not-found') return null
    throw error
  }
})

export async function generateMetadata({ params }: RecordingPageProps): Promise<Metadata> {
  const parsed = recordingParams.safeParse(await params)
  const user = await currentUser()
  const recording = parsed.success && user ? await find(user.userId, parsed.data.id) : null
  return { title: recording?.title ?? 'Recording' }
}

export default async function RecordingPage({ params }: RecordingPageProps) {
  const parsed = recordingParams.safeParse(await params)
  if (!parsed.success) notFound()
  const user = await requireUser(`/recordings/${parsed.data.id}`)
  const recording = await find(user.userId, parsed.data.id)
  if (!recording) notFound()
  return (
    <DeskShell user={user} width="wide">
      <Link
        href="/recordings"
        className="focus-ring -mt-4 mb-4 -ml-1 flex w-fit items-center gap-1 rounded-sm py-1 pr-2 text-sm font-medium text-ink-soft hover:text-ink sm:-mt-6"
      >
        <ChevronLeft aria-hidden className="size-4" />
        Recordings
      </Link>
      <RecordingScreen first={recording} />
    </DeskShell>
  )
}
