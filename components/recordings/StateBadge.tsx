import { Badge } from '#components/ui/Badge.tsx'
import { Spinner } from '#components/ui/Spinner.tsx'
import type { RecordingState } from '#lib/protocol/recordings.ts'
import { STATE_WORDS } from './recordingWords.ts'

/** How far a recording is; nothing for one that is simply there. */
export function StateBadge({ state }: { state: RecordingState }) {
  if (state === 'ready') return null
  if (state === 'failed') return <Badge tone="danger">{STATE_WORDS.failed}</Badge>
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
