'use client'
import { DeleteDialog } from '#components/desk/DeleteDialog.tsx'

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
  return (
    <DeleteDialog
      path={`/api/recordings/${id}`}
      title={`Delete “${title}”?`}
      description={kept ? ENTRY : ALL}
      action="Delete recording"
      open={open}
      onOpenChange={onOpenChange}
      onDeleted={onDeleted}
    />
  )
}
