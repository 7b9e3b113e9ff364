'use client'
import { Hand, LogIn, MonitorUp, TriangleAlert } from 'lucide-react'
import { type MouseEvent, type ReactNode, useMemo, useState } from 'react'
import { useSelected, useStore } from '#components/call/useStore.ts'
import { Avatar } from '#components/ui/Avatar.tsx'
import { Button } from '#components/ui/Button.tsx'
import { Tooltip } from '#components/ui/Tooltip.tsx'
import { VisuallyHidden } from '#components/ui/VisuallyHidden.tsx'
import { clockTime, spokenTime } from '#lib/domain/clockTime.ts'
import { type Chapter, type Lane, lanesOf, nextOnLane } from '#lib/domain/recordingTimeline.ts'
import type { TimelineEvent } from '#lib/protocol/recordings.ts'
import { laneColour } from './laneColour.ts'
import type { PlayerControl, PlayerState } from './player/PlayerControl.ts'

/** Lanes shown at once; the rest comes when asked for. */
const FEW = 6

const ICONS: Record<Exclude<Lane['kind'], 'person'>, ReactNode> = {
  shared: <MonitorUp aria-hidden />,
  hands: <Hand aria-hidden />,
  presence: <LogIn aria-hidden />,
  interrupted: <TriangleAlert aria-hidden />,
}

export type ClipMarks = { readonly fromMs: number; readonly toMs: number }

const lengthOf = ({ lengthMs }: PlayerState): number => lengthMs

type TimelineProps = {
  control: PlayerControl
  events: readonly TimelineEvent[]
  chapters: readonly Chapter[]
  clip: ClipMarks | null
}

/** Who spoke when and what happened, one lane each, over the film's whole length. Anywhere on it one can jump to. */
export function Timeline({ control, events, chapters, clip }: TimelineProps) {
  // Not of its time, which changes four times a second: only the playhead follows that.
  const lengthMs = useSelected(control.state, lengthOf)
  const [all, setAll] = useState(false)
  const lanes = useMemo(() => lanesOf(events, lengthMs), [events, lengthMs])
  if (lanes.length === 0 && chapters.length === 0) return null
  const people = lanes.filter(({ kind }) => kind === 'person')
  const shown = all ? lanes : lanes.filter((lane) => lane.kind !== 'person' || people.indexOf(lane) < FEW)
  const part = (ms: number): string => `${lengthMs > 0 ? Math.min(100, (ms / lengthMs) * 100) : 0}%`
  return (
    <section aria-label="Timeline" className="mt-6">
      <div className="grid grid-cols-[minmax(0,9.5rem)_minmax(0,1fr)] gap-x-3 sm:grid-cols-[minmax(0,12rem)_minmax(0,1fr)]">
        <ul aria-label="Lanes" className="flex flex-col">
          {chapters.length > 0 && <li aria-hidden className="h-8" />}
          {shown.map((lane) => (
            <li key={lane.key}>
              <LaneButton lane={lane} control={control} lengthMs={lengthMs} />
            </li>
          ))}
        </ul>
        {/* A click, and no press: who scrolls over it by touch leaves the film where it is. The lanes' buttons are for keys. */}
        {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: the slider and the lanes' buttons are the keyboard's way */}
        <div className="relative" onClick={(event) => control.seek(placeOf(event) * lengthMs)}>
          {chapters.length > 0 && <ChapterFlags chapters={chapters} part={part} />}
          {shown.map((lane) => (
            <Track key={lane.key} lane={lane} part={part} />
          ))}
          {clip && (
            <div
              aria-hidden
              className="pointer-events-none absolute inset-y-0 border-x-2 border-accent bg-accent/12"
              style={{ left: part(clip.fromMs), right: `calc(100% - ${part(clip.toMs)})` }}
            />
          )}
          <Playhead control={control} part={part} />
        </div>
      </div>
      {people.length > FEW && (
        <Button size="sm" variant="ghost" className="mt-2" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? 'Show fewer people' : `Show all ${people.length} people`}
        </Button>
      )}
    </section>
  )
}

/** From 0 at its left edge to 1 at its right. */
function placeOf({ clientX, currentTarget }: MouseEvent): number {
  const { left, width } = currentTarget.getBoundingClientRect()
  return width > 0 ? Math.min(1, Math.max(0, (clientX - left) / width)) : 0
}

type LaneButtonProps = { lane: Lane; control: PlayerControl; lengthMs: number }

/** A lane's name, which leads to the next thing on it: the way along the lanes for keyboard and screen reader. */
function LaneButton({ lane, control, lengthMs }: LaneButtonProps) {
  const share = lengthMs > 0 ? Math.round((lane.totalMs / lengthMs) * 100) : 0
  const amount =
    lane.kind === 'person' ? `spoke for ${spokenTime(lane.totalMs)}` : `${lane.spans.length} times`
  const next = (): void => {
    const at = nextOnLane(lane, control.state.get().timeMs)
    if (at !== null) control.seek(at)
  }
  return (
    <Tooltip
      content={lane.kind === 'person' ? `${clockTime(lane.totalMs)} of talk · next` : 'To the next'}
      side="left"
    >
      <button
        type="button"
        onClick={next}
        className="focus-ring -ml-1.5 flex h-8 w-full touch:h-11 min-w-0 items-center gap-2 rounded-sm px-1.5 text-left text-sm text-ink hover:bg-sunken"
      >
        {lane.kind === 'person' ? (
          <Avatar
            id={lane.participantId ?? lane.title}
            name={lane.title}
            size="sm"
            className="size-5.5! text-[0.6rem]!"
          />
        ) : (
          <span className="flex size-5.5 shrink-0 items-center justify-center text-ink-soft [&>svg]:size-4">
            {ICONS[lane.kind]}
          </span>
        )}
        <span className="min-w-0 flex-1 truncate">{lane.title}</span>
        <VisuallyHidden>{`${amount}: go to the next`}</VisuallyHidden>
        {lane.kind === 'person' && (
          // Said as a time already.
          <span aria-hidden className="text-xs text-ink-soft tabular-nums max-sm:hidden">
            {share} %
          </span>
        )}
      </button>
    </Tooltip>
  )
}

/** Narrower than this nothing is seen. */
const THINNEST = '3px'

function Track({ lane, part }: { lane: Lane; part(ms: number): string }) {
  const colour = laneColour(lane)
  return (
    <div aria-hidden className="flex h-8 cursor-pointer items-center touch:h-11">
      <div className="relative h-3.5 w-full rounded-xs bg-sunken">
        {lane.spans.map(({ id, fromMs, toMs, words }) => (
          <span
            key={id}
            title={`${words} · ${clockTime(fromMs)}`}
            className={`absolute inset-y-0 rounded-xs ${colour}`}
            style={{ left: part(fromMs), width: `max(${THINNEST}, calc(${part(toMs)} - ${part(fromMs)}))` }}
          />
        ))}
      </div>
    </div>
  )
}

/** Chapters stand over the lanes, each as far as the next. Their list is beside the film: this is for the eye. */
function ChapterFlags({ chapters, part }: { chapters: readonly Chapter[]; part(ms: number): string }) {
  return (
    <div aria-hidden className="relative h-8 cursor-pointer">
      {chapters.map(({ id, atMs, title }, index) => (
        <span
          key={id}
          title={`${title} · ${clockTime(atMs)}`}
          className="absolute top-1 bottom-1 truncate border-l-2 border-accent bg-accent-soft pr-1 pl-1.5 text-xs leading-6 font-medium text-accent-ink"
          style={{
            left: part(atMs),
            right: `calc(100% - ${part(chapters[index + 1]?.atMs ?? Infinity)} + 2px)`,
          }}
        >
          {title}
        </span>
      ))}
    </div>
  )
}

function Playhead({ control, part }: { control: PlayerControl; part(ms: number): string }) {
  const { timeMs } = useStore(control.state)
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute -inset-y-1 w-0.5 -translate-x-px rounded-full bg-ink"
      style={{ left: part(timeMs) }}
    />
  )
}
