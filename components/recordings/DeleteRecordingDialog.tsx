'use client'
import { DeleteDialog } from '#components/desk/DeleteDialog.tsx'
import type { RecordingView } from '#lib/protocol/recordings.ts'

type DeleteRecordingDialogProps = {
  recording: Pick<RecordingView, 'id' | 'title' | 'state' | 'unfinished'>
  open: boolean
  onOpenChange(open: boolean): void
  onDeleted(): void
}

const ALL = 'The recording, its clips and every link to it are gone for good, also for who is watching now.'
const ENTRY =
  'The entry is gone for good. The recording itself is not on this server: what is on the device stays there.'

const ONLY_COPY =
  'It has not been put together: what was recorded is on this server alone, and is gone for good.'

function whatIsLost({ state, unfinished }: DeleteRecordingDialogProps['recording']): string {
  // On somebody's device, and only its entry here.
  if (state === 'kept') return ENTRY
  return state === 'finishing' || (state === 'failed' && unfinished) ? ONLY_COPY : ALL
}

/** Asks before it is gone: for who has a link as well, and for good. */
export function DeleteRecordingDialog({
  recording,
  open,
  onOpenChange,
  onDeleted,
}: DeleteRecordingDialogProps) {
  return (
    <DeleteDialog
      path={`/api/recordings/${recording.id}`}
      title={`Delete “${recording.title}”?`}
      description={whatIsLost(recording)}
      action="Delete recording"
      open={open}
      onOpenChange={onOpenChange}
      onDeleted={onDeleted}
    />
  )
}
