import Link from 'next/link'
import { VisuallyHidden } from '#components/ui/VisuallyHidden.tsx'
import { fileSize, spokenTime } from '#lib/domain/clockTime.ts'
import type { RecordingSummary } from '#lib/protocol/recordings.ts'
import { RecordedAt } from './RecordedAt.tsx'
import { RecordingThumb } from './RecordingThumb.tsx'
import { peopleWords, reasonWords } from './recordingWords.ts'
import { StateBadge } from './StateBadge.tsx'

/** One recording: the whole line leads to it. */
export function RecordingRow({ recording }: { recording: RecordingSummary }) {
  const { id, title, state, stopReason, startedAt, createdAt, durationMs, bytes, people } = recording
  return (
    <li className="group relative flex items-center gap-4 px-3 py-3 transition-colors hover:bg-sunken/60 sm:gap-5 sm:px-4">
      <RecordingThumb recording={recording} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <h2 className="min-w-0 text-base font-medium tracking-normal text-ink">
            <Link
              href={`/recordings/${id}`}
              className="line-clamp-2 rounded-xs wrap-anywhere after:absolute after:inset-0 after:content-['']"
            >
              {title}
            </Link>
          </h2>
          <StateBadge recording={recording} />
        </div>
        <p className="mt-1 flex flex-wrap gap-x-2 text-sm text-ink-soft">
          <RecordedAt at={startedAt ?? createdAt} />
          {state === 'ready' && durationMs !== null && (
            <VisuallyHidden>{spokenTime(durationMs)}</VisuallyHidden>
          )}
          {state === 'ready' && bytes > 0 && (
            <span className="whitespace-nowrap max-sm:hidden">
              <span aria-hidden>· </span>
              {fileSize(bytes)}
            </span>
          )}
        </p>
        {state === 'failed' ? (
          <p className="mt-0.5 text-sm text-danger-ink">{reasonWords(stopReason)}</p>
        ) : (
          people.length > 0 && <p className="mt-0.5 truncate text-sm text-ink-soft">{peopleWords(people)}</p>
        )}
      </div>
    </li>
  )
}
