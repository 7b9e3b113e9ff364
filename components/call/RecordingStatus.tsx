import { useEffect, useState } from 'react'
import { joinClasses } from '#components/ui/joinClasses.ts'
import { recordedWhere } from '#lib/call/recordedWhere.ts'
import { clockTime } from '#lib/domain/clockTime.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'
import { useCall } from './CallContext.tsx'

const WORDS: Readonly<Record<RoomRecording['status'], string>> = {
  starting: 'Recording starts…',
  running: 'Recording',
  interrupted: 'Recording interrupted',
  stopping: 'Recording stops…',
}

/** Where what is recorded goes is told with it, where that is not the server alone. */
function words(recording: RoomRecording): string {
  const { status, by } = recording
  const where = recordedWhere(recording)
  if (status !== 'running' || where === 'server') return WORDS[status]
  return `Recording${where === 'both' ? ', copy' : ''} on ${by ?? 'the host'}’s device`
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
    <div className="pointer-events-auto max-w-full sm:self-start">
      <div
        role="status"
        aria-label="Recording"
        aria-live="off"
        data-recording={status}
        title={by === null ? 'This meeting is recorded by itself.' : `Started by ${by}`}
        className="flex min-h-7 max-w-full items-center gap-2 rounded-full bg-stage-raised px-3 text-xs font-medium text-stage-ink shadow-2"
      >
        <span
          aria-hidden
          className={joinClasses(
            'size-2.5 shrink-0 rounded-full',
            running ? 'bg-stage-danger animate-breathe-thrice' : 'border-2 border-stage-warning',
          )}
        />
        <span className="truncate">{words(recording)}</span>
        {startedAt !== null && status !== 'stopping' && <Elapsed since={startedAt} />}
      </div>
    </div>
  )
}

/** By the server's clock: this machine's may be wrong. */
function Elapsed({ since }: { since: number }) {
  const { serverNow } = useCall()
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), 1_000)
    return () => clearInterval(timer)
  }, [serverNow])
  return (
    <span aria-hidden className="text-stage-ink-soft tabular-nums">
      {clockTime(now - since)}
    </span>
  )
}
