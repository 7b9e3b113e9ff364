import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { notFound } from 'next/navigation'
import { LeftoversScreen } from '#components/recorder/LeftoversScreen.tsx'
import { RecorderScreen } from '#components/recorder/RecorderScreen.tsx'
import { sessions } from '#server/auth/sessions.ts'
import { meetings } from '#server/meetings/PrismaMeetings.ts'

type Properties = { params: Promise<{ code: string }>; searchParams: Promise<{ leftovers?: string }> }

export const metadata: Metadata = { title: 'Recorder', robots: { index: false, follow: false } }

/** For the one recorder whose session is for this meeting; to everybody else there is no such page (REC-67). */
export default async function RecorderPage({ params, searchParams }: Properties) {
  const [{ code }, { leftovers }] = await Promise.all([params, searchParams])
  const cookie = (await headers()).get('cookie') ?? undefined
  const [recorder, meeting] = await Promise.all([
    sessions().authenticateRecorder(cookie),
    meetings().findByCode(code),
  ])
  if (recorder === null || meeting === null || recorder.meetingId !== meeting.id) notFound()
  if (leftovers !== undefined) return <LeftoversScreen />
  return <RecorderScreen code={code} recordingId={recorder.recordingId} />
}
