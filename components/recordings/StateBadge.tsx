import { Badge } from '#components/ui/Badge.tsx'
import { Spinner } from '#components/ui/Spinner.tsx'
import type { RecordingSummary } from '#lib/protocol/recordings.ts'
import { deviceWords, STATE_WORDS } from './recordingWords.ts'

/** How far a recording is; nothing for one that is simply there. */
export function StateBadge({ recording: { state, startedBy } }: { recording: RecordingSummary }) {
  if (state === 'ready') return null
  if (state === 'failed') return <Badge tone="danger">{STATE_WORDS.failed}</Badge>
  if (state === 'kept') return <Badge>{deviceWords(startedBy)}</Badge>
  if (state === 'finishing') {
    return (
      <Badge tone="accent">
        <Spinner className="size-3! border-[1.5px]!" />
        {STATE_WORDS.finishing}
      </Badge>
    )
  }
  return (
    <Badge tone="danger">
      <span aria-hidden className="size-1.5 animate-breathe rounded-full bg-danger" />
      {STATE_WORDS[state]}
    </Badge>
  )
}
