'use client'
import { useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import { showToast } from '#components/ui/showToast.ts'
import type { MeetingSummary } from '#lib/domain/meetingSummary.ts'

type DeleteMeetingDialogProps = {
  meeting: MeetingSummary
  open: boolean
  onOpenChange(open: boolean): void
  onDeleted(id: string): void
}

/** Asks before the link stops working for everyone: that cannot be taken back. */
export function DeleteMeetingDialog({ meeting, open, onOpenChange, onDeleted }: DeleteMeetingDialogProps) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const remove = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    const removed = await requestJson(`/api/meetings/${meeting.id}`, { method: 'DELETE' })
    setBusy(false)
    // Deleted elsewhere meanwhile is deleted all the same.
    if (!removed.ok && removed.error.status !== 404) return setError(removed.error.message)
    onOpenChange(false)
    onDeleted(meeting.id)
    showToast('Meeting deleted.', { tone: 'success' })
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete “${meeting.title}”?`}
      description={
        meeting.repeats === 'none'
          ? 'Its link stops working for everyone, and a call that is running there ends.'
          : 'The whole series goes. Its link stops working for everyone, and a call that is running there ends.'
      }
      actions={
        <>
          <Button onClick={() => onOpenChange(false)}>Keep it</Button>
          <Button variant="danger" loading={busy} onClick={() => void remove()}>
            Delete meeting
          </Button>
        </>
      }
    >
      {error && <Banner tone="danger">{error}</Banner>}
    </Dialog>
  )
}
