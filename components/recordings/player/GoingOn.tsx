'use client'
import { clockTime } from '#lib/domain/clockTime.ts'
import type { PlayerControl } from './PlayerControl.ts'
import { usePlace } from './usePlace.ts'

/** A line below a film that goes on where this browser left off; nothing where it begins at its beginning. */
export function GoingOn({ control, id }: { control: PlayerControl; id: string }) {
  const { goingOnMs, fromBeginning } = usePlace(control, id)
  if (goingOnMs === null) return null
  return (
    <p className="mt-3 flex flex-wrap items-center gap-x-2 text-sm text-ink-soft">
      <span role="status">Going on at {clockTime(goingOnMs)}</span>
      <span aria-hidden>·</span>
      <button
        type="button"
        onClick={() => {
          fromBeginning()
          control.takeFocus()
        }}
        className="focus-ring rounded-xs font-medium text-accent-ink hover:underline touch:min-h-11"
      >
        From the beginning
      </button>
    </p>
  )
}
