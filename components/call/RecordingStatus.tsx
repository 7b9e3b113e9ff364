import { useEffect, useState } from 'react'
import { joinClasses } from '#components/ui/joinClasses.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'

const WORDS: Readonly<Record<RoomRecording['status'], string>> = {
  starting: 'Recording starts…',
  running: 'Recording',
  interrupted: 'Recording interrupted',
  stopping: 'Recording stops…',
}

type RecordingStatusProps = { recording: RoomRecording | null }

/**
 * As long as the meeting is recorded, for everybody, above all else on the screen. What changes is read out by the
 * notices; this line can be found at any time, and its clock is for the eyes alone.
 */
export function RecordingStatus({ recording }: RecordingStatusProps) {
  if (recording === null) return null
  const { status, startedAt, by } = recording
  const running = status === 'running'
  return (
    <div className="flex shrink-0 justify-center px-3 pt-[max(0.5rem,env(safe-area-inset-top))] sm:justify-start">
      <div
        role="status"
        aria-label="Recording"
        aria-live="off"
        data-recording={status}
        title={by === null ? 'This meeting is recorded by itself.' : `Started by ${by}`}
        className="flex min-h-7 max-w-full items-center gap-2 rounded-full bg-stage-raised px-3 text-xs font-medium text-stage-ink"
      >
        <span
          aria-hidden
          className={joinClasses(
            'size-2.5 shrink-0 rounded-full',
            running ? 'bg-stage-danger motion-safe:animate-pulse' : 'border-2 border-stage-warning',
          )}
        />
        <span className="truncate">{WORDS[status]}</span>
        {startedAt !== null && status !== 'stopping' && <Elapsed since={startedAt} />}
      </div>
    </div>
  )
}

function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <span aria-hidden className="text-stage-ink-soft tabular-nums">
      {clockText(Math.max(0, now - since))}
    </span>
  )
}

/** `4:05`, `1:04:05`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  const rest = two(seconds % 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`
}
