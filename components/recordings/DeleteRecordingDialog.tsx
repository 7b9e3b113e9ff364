'use client'
import { useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'

type DeleteRecordingDialogProps = {
  id: string
  title: string
  /** On somebody's device, and only its entry here. */
  kept: boolean
  open: boolean
  onOpenChange(open: boolean): void
  onDeleted(): void
}

const ALL = 'The recording, its clips and every link to it are gone for good, also for who is watching now.'
const ENTRY =
  'The entry is gone for good. The recording itself is not on this server: what is on the device stays there.'

/** Asks before it is gone: for who has a link as well, and for good. */
export function DeleteRecordingDialog({
  id,
  title,
  kept,
  open,
  onOpenChange,
  onDeleted,
}: DeleteRecordingDialogProps) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const remove = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    const removed = await requestJson(`/api/recordings/${id}`, { method: 'DELETE' })
    setBusy(false)
    // Deleted elsewhere meanwhile is deleted all the same.
    if (!removed.ok && removed.error.status !== 404) return setError(removed.error.message)
    onOpenChange(false)
    onDeleted()
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete “${title}”?`}
      description={kept ? ENTRY : ALL}
      actions={
        <>
          <Button onClick={() => onOpenChange(false)}>Keep it</Button>
          <Button variant="danger" loading={busy} onClick={() => void remove()}>
            Delete recording
          </Button>
        </>
      }
    >
      {error && <Banner tone="danger">{error}</Banner>}
    </Dialog>
  )
}
