'use client'
import { Clapperboard, SearchX } from 'lucide-react'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { LoadFailure } from '#components/desk/LoadFailure.tsx'
import { SearchField } from '#components/desk/SearchField.tsx'
import { TableSkeleton } from '#components/desk/TableSkeleton.tsx'
import { usePages } from '#components/desk/usePages.ts'
import { Button } from '#components/ui/Button.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import { EmptyState } from '#components/ui/EmptyState.tsx'
import type { RecordingSummary } from '#lib/protocol/recordings.ts'
import { KeptRecordings } from './kept/KeptRecordings.tsx'
import { RecordingRow } from './RecordingRow.tsx'
import { isGoingOn } from './recordingWords.ts'

const LOOK_AGAIN_MS = 5_000

type Page = { readonly recordings: readonly RecordingSummary[]; readonly nextCursor: string | null }
const rowsOf = (page: Page): readonly RecordingSummary[] => page.recordings

/** A host's recordings, the latest first. @param meetingId of one meeting only */
export function RecordingList({ meetingId }: { meetingId: string | null }) {
  const [q, setQ] = useState('')
  const query = new URLSearchParams({ ...(q && { q }), ...(meetingId && { meeting: meetingId }) }).toString()
  const { rows, failure, refresh, more } = usePages(`/api/recordings${query && `?${query}`}`, rowsOf)
  const unfinished = rows?.some(({ state }) => isGoingOn(state)) ?? false
  useEffect(() => {
    if (!unfinished) return
    const timer = setInterval(refresh, LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [unfinished, refresh])

  const kept = rows?.map(({ id }) => id) ?? []
  const nothingAtAll = rows?.length === 0 && q === ''
  return (
    <>
      {!nothingAtAll && <SearchField label="Search by title or person" onSearch={setQ} />}
      <KeptRecordings ids={kept} className="mb-4" />
      {meetingId && (
        <p className="mb-4 text-sm text-ink-soft">
          Of one meeting only.{' '}
          <Link href="/recordings" className="focus-ring rounded-xs font-medium text-accent-ink underline">
            Show all recordings
          </Link>
        </p>
      )}
      {/* Here from the beginning, so that what it says is read when it changes. */}
      <p role="status" className="sr-only">
        {q !== '' && rows !== null && foundWords(rows.length, more !== null)}
      </p>
      {rows !== null && failure && (
        <div className="mb-4">
          <LoadFailure failure={failure} retry={refresh} />
        </div>
      )}
      {rows === null ? (
        failure ? (
          <LoadFailure failure={failure} retry={refresh} />
        ) : (
          <TableSkeleton />
        )
      ) : (
        <div className="overflow-hidden rounded-lg border border-line bg-surface shadow-1">
          {rows.length > 0 ? (
            <ul aria-label="Recordings" className="divide-y divide-line">
              {rows.map((recording) => (
                <RecordingRow key={recording.id} recording={recording} />
              ))}
            </ul>
          ) : (
            <Nothing searched={q !== ''} />
          )}
        </div>
      )}
      {more && (
        <div className="mt-6 flex justify-center">
          <Button loading={more.busy} onClick={more.load}>
            Show more
          </Button>
        </div>
      )}
    </>
  )
}

const foundWords = (count: number, more: boolean): string =>
  `${count === 0 ? 'No' : count}${more ? ' or more' : ''} recording${count === 1 ? '' : 's'} found`

function Nothing({ searched }: { searched: boolean }) {
  if (searched) {
    return (
      <EmptyState icon={<SearchX aria-hidden />} title="Nothing found">
        No recording’s title fits, and nobody of that name was in one.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={<Clapperboard aria-hidden />}
      title="No recordings yet"
      action={
        <Link href="/meetings" className={buttonClasses({})}>
          Go to your meetings
        </Link>
      }
    >
      In a meeting of yours, choose “Start recording” under More. What was recorded appears here seconds after
      it ends.
    </EmptyState>
  )
}
