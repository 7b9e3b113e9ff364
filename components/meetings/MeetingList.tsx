'use client'
import { CalendarPlus, ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { type ReactNode, useId, useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { useNow } from '#components/desk/useNow.ts'
import { useViewerZone } from '#components/desk/useViewerZone.ts'
import { Button } from '#components/ui/Button.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import { EmptyState } from '#components/ui/EmptyState.tsx'
import { showToast } from '#components/ui/showToast.ts'
import { arrangeMeetings } from '#lib/domain/meetingDays.ts'
import type { MeetingSummary } from '#lib/domain/meetingSummary.ts'
import { MeetingListSkeleton } from './MeetingListSkeleton.tsx'
import { MeetingRow } from './MeetingRow.tsx'

const LIST = 'divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface shadow-1'

type MeetingsPage = { meetings: readonly MeetingSummary[]; nextCursor: string | null }

/** A host's meetings by day in their own zone, then links without a date, then what is over. */
export function MeetingList({ first }: { first: MeetingsPage }) {
  const timeZone = useViewerZone()
  const now = useNow()
  const [page, setPage] = useState(first)
  const [busy, setBusy] = useState(false)
  if (page.meetings.length === 0) return <NoMeetings />
  // Which day it is, only the viewer's browser knows: until it says so, lines of the same height stand here.
  if (timeZone === null || now === null)
    return <MeetingListSkeleton rows={Math.min(page.meetings.length, 6)} />

  const forget = (id: string): void =>
    setPage((before) => ({ ...before, meetings: before.meetings.filter((meeting) => meeting.id !== id) }))
  const more = async (): Promise<void> => {
    setBusy(true)
    const next = await requestJson<MeetingsPage>(`/api/meetings?cursor=${page.nextCursor ?? ''}`)
    setBusy(false)
    if (!next.ok) return showToast(next.error.message, { tone: 'danger' })
    setPage((before) => ({ ...next.value, meetings: [...before.meetings, ...next.value.meetings] }))
  }
  const rows = (meetings: readonly MeetingSummary[]): ReactNode =>
    meetings.map((meeting) => (
      <MeetingRow key={meeting.id} meeting={meeting} timeZone={timeZone} now={now} onDeleted={forget} />
    ))
  const { upcoming, anytime, past } = arrangeMeetings(page.meetings, timeZone, now)
  return (
    <div className="flex flex-col gap-8">
      {upcoming.map(({ day, label, meetings }) => (
        <Section key={day} title={label}>
          {rows(meetings)}
        </Section>
      ))}
      {anytime.length > 0 && <Section title="Any time">{rows(anytime)}</Section>}
      {past.length > 0 && (
        <details className="group" open={upcoming.length + anytime.length === 0}>
          <summary className="focus-ring -ml-1 flex w-fit cursor-pointer list-none items-center gap-1.5 rounded-sm py-2 pr-3 text-sm font-medium text-ink-soft hover:text-ink touch:min-h-11 [&::-webkit-details-marker]:hidden">
            <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
            Past meetings ({past.length})
          </summary>
          <ul aria-label="Past meetings" className={LIST}>
            {rows(past)}
          </ul>
        </details>
      )}
      {page.nextCursor && (
        <Button loading={busy} onClick={() => void more()} className="self-center">
          Show more
        </Button>
      )}
    </div>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-2.5 text-sm font-semibold tracking-normal text-ink">
        {title}
      </h2>
      <ul aria-labelledby={id} className={LIST}>
        {children}
      </ul>
    </section>
  )
}

function NoMeetings() {
  return (
    <div className="rounded-lg border border-line bg-surface shadow-1">
      <EmptyState
        icon={<CalendarPlus aria-hidden />}
        title="No meetings yet"
        action={
          <Link href="/meetings/new" className={buttonClasses({})}>
            Plan the first one
          </Link>
        }
      >
        Start one now and send its link, or plan one for later. Whoever has the link can come; they need no
        account.
      </EmptyState>
    </div>
  )
}
