import { CircleSlash, Link2, WifiOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '#components/ui/Button.tsx'
import { Spinner } from '#components/ui/Spinner.tsx'
import type { WaitingPerson } from '#lib/protocol/events.ts'
import { useCall } from './CallContext.tsx'
import { CopyLink } from './CopyLink.tsx'

type StatusLinesProps = {
  reconnecting: boolean
  waiting: readonly WaitingPerson[]
  /** The people panel shows who waits; then one line less. */
  peopleOpen: boolean
  alone: boolean
  link: string
  /** It should be recorded by itself, and is not. */
  unrecorded: boolean
  /** For who can have it recorded in another way; null for everybody else. */
  onRecord: (() => void) | null
  onShowPeople(): void
  /** What keeps its size for as long as it is there. */
  first: ReactNode
  /** What may grow: it moves nothing else. */
  last: ReactNode
}

/** What lasts, over the tiles, so that none of them moves for it: one line for the connection, one for a recording that is missing, one for people at the door, one while nobody else is here. */
export function StatusLines({
  reconnecting,
  waiting,
  peopleOpen,
  alone,
  link,
  unrecorded,
  onRecord,
  onShowPeople,
  first: above,
  last,
}: StatusLinesProps) {
  const call = useCall()
  const first = peopleOpen ? undefined : waiting[0]
  return (
    <div className="pointer-events-none absolute inset-x-0 top-3 z-20 flex flex-col items-center gap-2 px-3">
      {above}
      <div role="status" className="contents">
        {reconnecting && (
          <Line icon={<WifiOff aria-hidden className="size-4 text-stage-warning" />}>
            <span className="flex items-center gap-2">
              Reconnecting…
              <Spinner />
              <span className="text-stage-ink-soft max-sm:sr-only">
                You can still see and hear the others.
              </span>
            </span>
            <Button variant="stage" size="sm" onClick={() => call.retryNow()}>
              Try now
            </Button>
          </Line>
        )}
        {unrecorded && (
          <Line icon={<CircleSlash aria-hidden className="size-4 shrink-0 text-stage-warning" />}>
            <span className="min-w-0 py-1 pr-2.5">
              This meeting is not being recorded: no recorder is free.
            </span>
            {onRecord && (
              <Button variant="stage" size="sm" onClick={onRecord}>
                Record another way
              </Button>
            )}
          </Line>
        )}
        {first && (
          <Line>
            <span className="line-clamp-2 min-w-0 [overflow-wrap:anywhere]">
              {waiting.length === 1
                ? `${first.name} asks to join`
                : `${first.name} and ${waiting.length - 1} more ask to join`}
            </span>
            {waiting.length === 1 ? (
              <>
                <Button
                  variant="stage"
                  size="sm"
                  aria-label={`Decline ${first.name}`}
                  onClick={() => void call.decline(first.id)}
                >
                  Decline
                </Button>
                <Button
                  variant="stageAccent"
                  size="sm"
                  aria-label={`Admit ${first.name}`}
                  onClick={() => void call.admit(first.id)}
                >
                  Admit
                </Button>
              </>
            ) : (
              <Button variant="stageAccent" size="sm" onClick={onShowPeople}>
                Show
              </Button>
            )}
          </Line>
        )}
        {alone && !first && !reconnecting && (
          <Line icon={<Link2 aria-hidden className="size-4 text-stage-ink-soft" />}>
            <span className="min-w-0">Nobody else is here yet.</span>
            <CopyLink link={link} />
          </Line>
        )}
      </div>
      {last}
    </div>
  )
}

function Line({ icon, children }: { icon?: ReactNode; children: ReactNode }) {
  return (
    <div className="pointer-events-auto flex min-h-12 max-w-full animate-fade-in items-center gap-3 rounded-lg border border-stage-line bg-stage-raised py-1.5 pr-1.5 pl-4 text-sm text-stage-ink shadow-3">
      {icon}
      {children}
    </div>
  )
}
