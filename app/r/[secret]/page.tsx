import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { SharedScreen } from '#components/recordings/sharing/SharedScreen.tsx'
import { shareSecret } from '#lib/protocol/viewing.ts'
import { recordingShares } from '#server/recordings/PrismaRecordingShares.ts'

// Before a passcode not even the title is told.
export const metadata: Metadata = {
  title: 'Shared recording',
  referrer: 'no-referrer',
  robots: { index: false, follow: false },
}

type SharedPageProps = { params: Promise<{ secret: string }> }

/** A link to a recording. A wrong, an expired and a revoked one are one answer. */
export default async function SharedPage({ params }: SharedPageProps) {
  const parsed = shareSecret.safeParse((await params).secret)
  const share = parsed.success ? await recordingShares().findBySecret(parsed.data) : null
  if (!parsed.success || !share) notFound()
  return <SharedScreen secret={parsed.data} />
}
