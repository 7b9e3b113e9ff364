import type { ReactNode } from 'react'
import { spokenTime } from '#lib/domain/clockTime.ts'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { RecordedAt } from './RecordedAt.tsx'
import { peopleWords } from './recordingWords.ts'
import { StateBadge } from './StateBadge.tsx'

type RecordingHeadingProps = { recording: RecordingView; rename?: ReactNode; actions?: ReactNode }

export function RecordingHeading({ recording, rename, actions }: RecordingHeadingProps) {
  const { title, state, startedAt, createdAt, durationMs, people, expiresAt, owned } = recording
  return (
    <div className="mb-6 flex flex-col gap-4 lg:flex-row lg:items-end lg:justify-between">
      <div className="min-w-0">
        <div className="flex items-center gap-2">
          <h1 className="min-w-0 text-2xl font-semibold text-ink wrap-anywhere sm:text-3xl">{title}</h1>
          {rename}
        </div>
        <p className="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-ink-soft">
          <StateBadge recording={recording} />
          <RecordedAt at={startedAt ?? createdAt} />
          {(state === 'ready' || state === 'kept') && durationMs !== null && (
            <span>· {spokenTime(durationMs)}</span>
          )}
          {owned && expiresAt && (
            <span>
              · {state === 'kept' ? 'this entry is deleted' : 'deleted'} on <RecordedAt at={expiresAt} />
            </span>
          )}
          {people.length > 0 && <span className="w-full">{peopleWords(people, 5)}</span>}
        </p>
      </div>
      {actions && <div className="flex shrink-0 flex-wrap gap-2">{actions}</div>}
    </div>
  )
}
