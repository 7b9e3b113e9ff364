'use client'
import {
  Captions,
  Maximize,
  Pause,
  PictureInPicture2,
  Play,
  RotateCcw,
  RotateCw,
  Volume2,
  VolumeX,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { useStore } from '#components/call/useStore.ts'
import { Menu, MenuChoices } from '#components/ui/Menu.tsx'
import { Tooltip } from '#components/ui/Tooltip.tsx'
import { clockTime } from '#lib/domain/clockTime.ts'
import type { Chapter } from '#lib/domain/recordingTimeline.ts'
import type { CaptionTrack } from '../transcript/CaptionTrack.ts'
import { CopyMoment } from './CopyMoment.tsx'
import { type PlayerControl, RATES } from './PlayerControl.ts'
import { SeekBar } from './SeekBar.tsx'

const SKIP_MS = 10_000
const BUTTON =
  'focus-ring inline-flex h-9 min-w-9 shrink-0 items-center justify-center rounded-md px-2 text-sm font-medium text-stage-ink ' +
  'transition-colors hover:bg-stage-control-hover focus-visible:outline-stage-accent touch:h-11 touch:min-w-11 [&>svg]:size-5 ' +
  'aria-pressed:bg-stage-control aria-pressed:text-stage-accent'
const RATE_CHOICES = RATES.map((rate) => ({ value: String(rate), label: rate === 1 ? 'Normal' : `${rate}×` }))

type PlayerBarProps = {
  control: PlayerControl
  chapters: readonly Chapter[]
  captions: CaptionTrack
  onFullScreen(): void
}

/** What one does to a film, on one line below it; on a small screen the time stands above that line, in nobody's way. */
export function PlayerBar({ control, chapters, captions, onFullScreen }: PlayerBarProps) {
  const { timeMs, lengthMs, playing, muted, volume, rate } = useStore(control.state)
  const { status, shown } = useStore(captions.state)
  const silent = muted || volume === 0
  return (
    <div className="bg-stage px-3 pt-1 pb-2 sm:px-4">
      <SeekBar control={control} chapters={chapters} />
      <div className="mt-0.5 flex flex-wrap items-center gap-0.5">
        <BarButton label={playing ? 'Pause' : 'Play'} shortcut="K" onClick={() => control.toggle()}>
          {playing ? <Pause aria-hidden /> : <Play aria-hidden />}
        </BarButton>
        <BarButton label="Back 10 seconds" shortcut="J" onClick={() => control.skip(-SKIP_MS)}>
          <RotateCcw aria-hidden />
        </BarButton>
        <BarButton label="Ahead 10 seconds" shortcut="L" onClick={() => control.skip(SKIP_MS)}>
          <RotateCw aria-hidden />
        </BarButton>
        {/* A phone has buttons of its own for that. */}
        <span className="max-sm:touch:hidden">
          <BarButton
            label={silent ? 'Sound on' : 'Sound off'}
            shortcut="M"
            onClick={() => control.toggleMuted()}
          >
            {silent ? <VolumeX aria-hidden /> : <Volume2 aria-hidden />}
          </BarButton>
        </span>
        <Volume control={control} value={silent ? 0 : volume} />
        <div className="ml-2 flex items-center gap-1 max-sm:order-first max-sm:basis-full">
          <p className="text-sm whitespace-nowrap text-stage-ink tabular-nums max-sm:text-xs">
            {clockTime(timeMs)} <span className="text-stage-ink-soft">/ {clockTime(lengthMs)}</span>
          </p>
          <CopyMoment timeMs={timeMs} className={BUTTON} />
        </div>
        <div className="ml-auto flex items-center gap-0.5">
          <Menu
            side="top"
            trigger={
              <button type="button" aria-label={`Speed, ${rate}×`} className={BUTTON}>
                {rate}×
              </button>
            }
          >
            <MenuChoices
              label="Speed"
              value={String(rate)}
              onChange={(value) => control.setRate(Number(value))}
              choices={RATE_CHOICES}
            />
          </Menu>
          {status !== 'none' && (
            <BarButton label="Captions" shortcut="C" pressed={shown} onClick={() => captions.toggle()}>
              <Captions aria-hidden />
            </BarButton>
          )}
          <span className="max-sm:hidden">
            <BarButton
              label="Picture in picture"
              shortcut="P"
              onClick={() => control.togglePictureInPicture()}
            >
              <PictureInPicture2 aria-hidden />
            </BarButton>
          </span>
          <BarButton label="Full screen" shortcut="F" onClick={onFullScreen}>
            <Maximize aria-hidden />
          </BarButton>
        </div>
      </div>
    </div>
  )
}

type BarButtonProps = {
  label: string
  shortcut: string
  /** Of what is on or off. */
  pressed?: boolean
  onClick(): void
  children: ReactNode
}

function BarButton({ label, shortcut, pressed, onClick, children }: BarButtonProps) {
  return (
    <Tooltip content={label} shortcut={shortcut}>
      <button type="button" aria-label={label} aria-pressed={pressed} onClick={onClick} className={BUTTON}>
        {children}
      </button>
    </Tooltip>
  )
}

function Volume({ control, value }: { control: PlayerControl; value: number }) {
  return (
    <span className="relative mr-1 flex w-20 items-center max-sm:hidden">
      <span aria-hidden className="absolute inset-x-0 h-1 overflow-hidden rounded-full bg-stage-line">
        <span className="absolute inset-y-0 left-0 bg-stage-ink" style={{ width: `${value * 100}%` }} />
      </span>
      <input
        type="range"
        aria-label="Volume"
        min={0}
        max={1}
        step={0.05}
        value={value}
        onChange={(event) => control.setVolume(event.currentTarget.valueAsNumber)}
        className="range-thumb focus-ring relative h-5 w-full rounded-full focus-visible:outline-stage-accent"
      />
    </span>
  )
}
