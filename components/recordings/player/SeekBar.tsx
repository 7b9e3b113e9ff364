'use client'
import { useStore } from '#components/call/useStore.ts'
import { clockTime, spokenTime } from '#lib/domain/clockTime.ts'
import type { Chapter } from '#lib/domain/recordingTimeline.ts'
import type { PlayerControl } from './PlayerControl.ts'

const STEP_MS = 5_000

/** Where one is, what has arrived, and where the chapters begin. A slider: arrows move it by five seconds. */
export function SeekBar({ control, chapters }: { control: PlayerControl; chapters: readonly Chapter[] }) {
  const { timeMs, lengthMs, bufferedMs } = useStore(control.state)
  const part = (ms: number): string => `${lengthMs > 0 ? Math.min(100, (ms / lengthMs) * 100) : 0}%`
  return (
    <div className="group relative flex h-5 items-center touch:h-8">
      <div
        aria-hidden
        className="absolute inset-x-0 h-1 overflow-hidden rounded-full bg-stage-line group-hover:h-1.5"
      >
        <div className="absolute inset-y-0 left-0 bg-stage-ink/25" style={{ width: part(bufferedMs) }} />
        <div className="absolute inset-y-0 left-0 bg-stage-accent" style={{ width: part(timeMs) }} />
        {chapters.map(
          ({ id, atMs }) =>
            atMs > 0 && (
              <span key={id} className="absolute inset-y-0 w-0.5 bg-stage" style={{ left: part(atMs) }} />
            ),
        )}
      </div>
      <input
        type="range"
        aria-label="Position"
        aria-valuetext={`${spokenTime(timeMs)} of ${spokenTime(lengthMs)}`}
        title={clockTime(timeMs)}
        min={0}
        max={Math.max(1, Math.round(lengthMs))}
        step="any"
        value={Math.round(timeMs)}
        onKeyDown={(event) => {
          // A step of "any" is for the pointer; keys go by seconds, as everywhere on the page.
          const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key]
          if (direction === undefined) return
          event.preventDefault()
          control.skip(direction * STEP_MS)
        }}
        onChange={(event) => control.seek(event.currentTarget.valueAsNumber)}
        className="range-thumb focus-ring relative -mx-[7px] h-5 w-[calc(100%+14px)] rounded-full focus-visible:outline-stage-accent"
      />
    </div>
  )
}
