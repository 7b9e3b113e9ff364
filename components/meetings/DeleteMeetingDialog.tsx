'use client'
import { DeleteDialog } from '#components/desk/DeleteDialog.tsx'
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
  return (
    <DeleteDialog
      path={`/api/meetings/${meeting.id}`}
      title={`Delete “${meeting.title}”?`}
      description={
        meeting.repeats === 'none'
          ? 'Its link stops working for everyone, and a call that is running there ends.'
          : 'The whole series goes. Its link stops working for everyone, and a call that is running there ends.'
      }
      action="Delete meeting"
      open={open}
      onOpenChange={onOpenChange}
      onDeleted={() => {
        onDeleted(meeting.id)
        showToast('Meeting deleted.', { tone: 'success' })
      }}
    />
  )
}
