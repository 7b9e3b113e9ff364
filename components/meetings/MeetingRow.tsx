'use client'
import { Clapperboard, Ellipsis, Pencil, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { Badge } from '#components/ui/Badge.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import { IconButton } from '#components/ui/IconButton.tsx'
import { Menu, MenuItem } from '#components/ui/Menu.tsx'
import { zoneCity } from '#lib/domain/describeSchedule.ts'
import { isRunning, minutesUntil } from '#lib/domain/meetingDays.ts'
import type { MeetingSummary } from '#lib/domain/meetingSummary.ts'
import { CopyLinkButton } from './CopyLinkButton.tsx'
import { DeleteMeetingDialog } from './DeleteMeetingDialog.tsx'

type MeetingRowProps = {
  meeting: MeetingSummary
  timeZone: string
  now: Date
  onDeleted(id: string): void
}

const REPEAT_WORDS = {
  none: null,
  daily: 'Every day',
  weekdays: 'Every weekday',
  weekly: 'Every week',
  monthly: 'Every month',
} as const

/** One meeting: when, what, and the two things one does with it. */
export function MeetingRow({ meeting, timeZone, now, onDeleted }: MeetingRowProps) {
  const [deleting, setDeleting] = useState(false)
  const running = isRunning(meeting, now)
  const minutesAhead = minutesUntil(meeting, now)
  return (
    <li className="flex flex-col gap-x-6 gap-y-3 px-4 py-4 sm:flex-row sm:items-center sm:px-5">
      <div className="flex min-w-0 flex-1 flex-col gap-0.5 sm:flex-row sm:items-baseline sm:gap-5">
        <MeetingTime meeting={meeting} timeZone={timeZone} running={running} />
        <div className="min-w-0">
          <div className="flex min-w-0 items-center gap-2.5">
            <h3
              className="line-clamp-2 min-w-0 text-base font-medium tracking-normal text-ink wrap-anywhere"
              title={meeting.title}
            >
              {meeting.title}
            </h3>
            {running && <NowBadge />}
            {minutesAhead !== null && <Badge tone="accent">in {minutesAhead} min</Badge>}
            {meeting.ended && <Badge>Ended</Badge>}
          </div>
          <MeetingDetails meeting={meeting} timeZone={timeZone} />
        </div>
      </div>
      <div className="flex items-center gap-2">
        <Link
          href={`/m/${meeting.code}`}
          prefetch={false}
          aria-label="Join"
          className={buttonClasses({
            size: 'sm',
            variant: running || minutesAhead !== null ? 'primary' : 'secondary',
          })}
        >
          Join
        </Link>
        <CopyLinkButton code={meeting.code} />
        <Menu
          trigger={
            <IconButton label={`More for ${meeting.title}`} size="sm" className="ml-auto">
              <Ellipsis aria-hidden className="size-4" />
            </IconButton>
          }
        >
          <MenuItem asChild>
            <Link href={`/meetings/${meeting.id}/edit`}>
              <Pencil aria-hidden className="size-4 text-ink-soft" />
              Edit
            </Link>
          </MenuItem>
          <MenuItem asChild>
            <Link href={`/recordings?meeting=${meeting.id}`}>
              <Clapperboard aria-hidden className="size-4 text-ink-soft" />
              Recordings
            </Link>
          </MenuItem>
          <MenuItem icon={<Trash2 aria-hidden />} tone="danger" onSelect={() => setDeleting(true)}>
            Delete
          </MenuItem>
        </Menu>
      </div>
      <DeleteMeetingDialog
        meeting={meeting}
        open={deleting}
        onOpenChange={setDeleting}
        onDeleted={onDeleted}
      />
    </li>
  )
}

function NowBadge() {
  return (
    <Badge tone="success">
      <span aria-hidden className="size-1.5 animate-breathe rounded-full bg-success-ink" />
      Now
    </Badge>
  )
}

type TimeProps = { meeting: MeetingSummary; timeZone: string; running: boolean }

/** From and to in the viewer's own zone; nothing for a link without a date. */
function MeetingTime({ meeting, timeZone, running }: TimeProps) {
  const start = meeting.nextAt ?? (meeting.repeats === 'none' ? meeting.startsAt : null)
  if (start === null) return null
  const end = new Date(Date.parse(start) + meeting.durationMinutes * 60_000)
  const format = new Intl.DateTimeFormat(undefined, { timeZone, hour: 'numeric', minute: '2-digit' })
  return (
    <p
      className={`shrink-0 text-sm whitespace-nowrap tabular-nums sm:w-40 ${running ? 'font-medium text-success-ink' : 'text-ink-soft'}`}
    >
      <time dateTime={start}>{format.format(new Date(start))}</time>
      {' – '}
      <time dateTime={end.toISOString()}>{format.format(end)}</time>
    </p>
  )
}

function MeetingDetails({ meeting, timeZone }: { meeting: MeetingSummary; timeZone: string }) {
  const day =
    meeting.ended && meeting.startsAt
      ? new Intl.DateTimeFormat(undefined, { timeZone, dateStyle: 'medium' }).format(
          new Date(meeting.startsAt),
        )
      : null
  const facts = [
    day,
    REPEAT_WORDS[meeting.repeats],
    meeting.startsAt && meeting.timeZone !== timeZone ? `${zoneCity(meeting.timeZone)} time` : null,
    meeting.lobby ? 'Waiting room' : null,
  ].filter(Boolean)
  if (facts.length === 0) return null
  return <p className="mt-0.5 text-sm text-ink-soft">{facts.join(' · ')}</p>
}
