import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { MeetingScreen } from '#components/lobby/MeetingScreen.tsx'
import { recordingNotice } from '#lib/domain/recordingPolicy.ts'
import { env } from '#server/env.ts'
import { meetings } from '#server/meetings/PrismaMeetings.ts'
import { openIceServers } from '#server/realtime/iceServers.ts'
import { currentUser } from '../../session.ts'

type Properties = { params: Promise<{ code: string }> }

/** Once per request: the title and the page ask the same. */
const find = cache(async (code: string) => {
  const [meeting, user] = await Promise.all([meetings().findByCode(code), currentUser()])
  const host = meeting !== null && user !== null && meeting.hostId === user.userId
  // One answer for a wrong, a deleted and an ended link: the page is no oracle of which meetings exist.
  if (!meeting || (meeting.endedAt && !host)) return null
  return { meeting, user, host }
})

export async function generateMetadata({ params }: Properties): Promise<Metadata> {
  const found = await find((await params).code)
  return { title: found?.meeting.title ?? 'Meeting', robots: { index: false, follow: false } }
}

export default async function MeetingPage({ params }: Properties) {
  const { code } = await params
  const found = await find(code)
  if (!found) notFound()
  const { meeting, user, host } = found
  return (
    <MeetingScreen
      code={code}
      title={meeting.title}
      user={user ? { id: user.userId, name: user.name } : null}
      asks={meeting.lobby && !host}
      openIceServers={openIceServers(env())}
      recording={recordingNotice(env().RECORDING, meeting)}
    />
  )
}
