'use client'
import { Video } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { useHydrated } from '#components/desk/useHydrated.ts'
import { Button } from '#components/ui/Button.tsx'
import { showToast } from '#components/ui/showToast.ts'
import type { MeetingSummary } from '#lib/domain/meetingSummary.ts'

/** Starts a meeting now and goes to its green room. */
export function NewMeetingButton() {
  const router = useRouter()
  const ready = useHydrated()
  const [busy, setBusy] = useState(false)
  const start = async (): Promise<void> => {
    setBusy(true)
    const made = await requestJson<{ meeting: MeetingSummary }>('/api/meetings', {
      method: 'POST',
      body: { kind: 'now' },
    })
    // Stays busy on success: the page is on its way.
    if (made.ok) return router.push(`/m/${made.value.meeting.code}`)
    setBusy(false)
    showToast(`No meeting was started. ${made.error.message}`, { tone: 'danger' })
  }
  return (
    <Button
      variant="primary"
      loading={busy}
      disabled={!ready}
      className="disabled:opacity-100"
      onClick={() => void start()}
    >
      {!busy && <Video aria-hidden className="size-4" />}
      New meeting
    </Button>
  )
}
