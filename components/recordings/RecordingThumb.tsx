import { Play } from 'lucide-react'
import { Avatar } from '#components/ui/Avatar.tsx'
import { clockTime } from '#lib/domain/clockTime.ts'
import type { RecordingSummary } from '#lib/protocol/recordings.ts'
import { isGoingOn } from './recordingWords.ts'

const FACES = 3

/** A recording as a small screen: who was there, and how long it lasts. Decoration: the words stand beside it. */
export function RecordingThumb({ recording }: { recording: RecordingSummary }) {
  const { people, durationMs, state } = recording
  return (
    <span
      aria-hidden
      className="relative flex aspect-video w-28 shrink-0 items-center justify-center overflow-hidden rounded-md bg-stage ring-1 ring-line sm:w-36"
    >
      <span className="flex -space-x-2 transition-opacity group-hover:opacity-25">
        {people.slice(0, FACES).map((name) => (
          <Avatar
            key={name}
            id={name}
            name={name}
            size="sm"
            className="ring-2 ring-stage sm:size-9! sm:text-sm!"
          />
        ))}
      </span>
      {state === 'ready' && (
        <Play className="absolute size-6 fill-current text-stage-ink opacity-0 transition-opacity group-hover:opacity-100" />
      )}
      {durationMs !== null && state === 'ready' && (
        <span className="absolute right-1 bottom-1 rounded-xs bg-stage-scrim px-1.5 py-0.5 text-xs font-medium text-stage-ink tabular-nums">
          {clockTime(durationMs)}
        </span>
      )}
      {isGoingOn(state) && (
        <span className="absolute inset-x-0 bottom-0 h-1 animate-breathe bg-stage-accent" />
      )}
    </span>
  )
}
