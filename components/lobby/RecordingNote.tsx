import { CircleDot } from 'lucide-react'
import type { RecordingNotice } from '#lib/domain/recordingPolicy.ts'

/** Said before anybody joins. */
export function RecordingNote({ recording }: { recording: RecordingNotice }) {
  if (recording.state === 'none') return null
  return (
    <div
      role="status"
      className="flex gap-3 rounded-md border border-stage-line bg-stage-raised px-4 py-3 text-left text-sm text-stage-ink"
    >
      <CircleDot aria-hidden className="mt-0.5 size-4 shrink-0 text-stage-danger-ink" />
      <div>
        <p className="font-medium">
          {recording.state === 'recorded'
            ? 'This meeting is being recorded'
            : 'This meeting is recorded automatically'}
        </p>
        <p className="mt-0.5 text-stage-ink-soft">
          {recording.asks
            ? 'You will be asked before you are in the recording.'
            : 'Who joins is seen and heard in the recording.'}
        </p>
      </div>
    </div>
  )
}
