'use client'
import { useState } from 'react'
import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import { requestJson } from './requestJson.ts'

type DeleteDialogProps = {
  /** What is asked to be deleted. */
  path: string
  title: string
  description: string
  /** On the button that does it. */
  action: string
  open: boolean
  onOpenChange(open: boolean): void
  onDeleted(): void
}

/** Asks before something is gone for good, and stays open with the reason when it could not be deleted. */
export function DeleteDialog({
  path,
  title,
  description,
  action,
  open,
  onOpenChange,
  onDeleted,
}: DeleteDialogProps) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const remove = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    const removed = await requestJson(path, { method: 'DELETE' })
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
      title={title}
      description={description}
      actions={
        <>
          <Button onClick={() => onOpenChange(false)}>Keep it</Button>
          <Button variant="danger" loading={busy} onClick={() => void remove()}>
            {action}
          </Button>
        </>
      }
    >
      {error && <Banner tone="danger">{error}</Banner>}
    </Dialog>
  )
}
