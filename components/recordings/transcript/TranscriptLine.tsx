import { memo } from 'react'
import { joinClasses } from '#components/ui/joinClasses.ts'
import { clockTime } from '#lib/domain/clockTime.ts'
import { findIn } from '#lib/domain/transcript.ts'

type TranscriptLineProps = {
  place: number
  fromMs: number
  text: string
  /** What is looked for. */
  words: string
  now: boolean
  /** By Tab; the others by arrows from there. */
  reachable: boolean
}

/** A line that leads to its moment. Known by its place, so that one list of thousands has one handler. */
export const TranscriptLine = memo(function TranscriptLine(props: TranscriptLineProps) {
  const { place, fromMs, text, words, now, reachable } = props
  return (
    <button
      type="button"
      data-line={place}
      aria-current={now || undefined}
      tabIndex={reachable ? 0 : -1}
      className={joinClasses(
        'focus-ring flex w-full items-baseline gap-2 rounded-md px-2 py-1 text-left text-sm focus-visible:-outline-offset-2 touch:min-h-11',
        now ? 'bg-accent-soft' : 'hover:bg-sunken',
      )}
    >
      <span
        className={joinClasses(
          'w-11 shrink-0 text-xs tabular-nums',
          now ? 'text-accent-ink' : 'text-ink-soft',
        )}
      >
        {clockTime(fromMs)}
      </span>
      <span dir="auto" className="min-w-0 flex-1 wrap-anywhere whitespace-pre-line">
        {findIn(text, words).map((part, index) =>
          part.found ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
            <mark key={index} className="rounded-xs bg-warning-soft text-warning-ink">
              {part.text}
            </mark>
          ) : (
            part.text
          ),
        )}
      </span>
    </button>
  )
})
