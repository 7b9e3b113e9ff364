import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { notFound } from 'next/navigation'
import { RecorderScreen } from '#components/recorder/RecorderScreen.tsx'
import { sessions } from '#server/auth/sessions.ts'
import { meetings } from '#server/meetings/PrismaMeetings.ts'

type Properties = { params: Promise<{ code: string }> }

export const metadata: Metadata = { title: 'Recorder', robots: { index: false, follow: false } }

/** For the one recorder whose session is for this meeting; to everybody else there is no such page (REC-67). */
export default async function RecorderPage({ params }: Properties) {
  const { code } = await params
  const cookie = (await headers()).get('cookie') ?? undefined
  const [recorder, meeting] = await Promise.all([
    sessions().authenticateRecorder(cookie),
    meetings().findByCode(code),
  ])
  if (recorder === null || meeting === null || recorder.meetingId !== meeting.id) notFound()
  return <RecorderScreen code={code} recordingId={recorder.recordingId} />
}
