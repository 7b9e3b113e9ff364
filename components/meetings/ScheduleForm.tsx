'use client'
import { useRouter } from 'next/navigation'
import { useViewerZone } from '#components/desk/useViewerZone.ts'
import { showToast } from '#components/ui/showToast.ts'
import type { RecordingPolicy } from '#lib/protocol/recordings.ts'
import { MeetingForm } from './MeetingForm.tsx'
import { formDefaults, type MeetingFields } from './meetingFields.ts'

type ScheduleFormProps = {
  /** The meeting to change, with its time as its own zone shows it; a new one when absent. */
  meeting?: { readonly id: string; readonly fields: MeetingFields }
  policies: readonly RecordingPolicy[]
}

/** Plans a meeting, or changes one, and returns to the list. */
export function ScheduleForm({ meeting, policies }: ScheduleFormProps) {
  const router = useRouter()
  const timeZone = useViewerZone()
  // The form begins with the viewer's own day and zone, which only their browser knows.
  if (timeZone === null) return <div role="status" aria-label="Loading the form" className="min-h-[36rem]" />
  const saved = (): void => {
    showToast(meeting ? 'Meeting saved.' : 'Meeting scheduled. Copy its link from the list.', {
      tone: 'success',
    })
    router.push('/meetings')
    router.refresh()
  }
  return (
    <MeetingForm
      meetingId={meeting?.id ?? null}
      initial={meeting?.fields ?? formDefaults(new Date(), timeZone)}
      policies={policies}
      onSaved={saved}
    />
  )
}
