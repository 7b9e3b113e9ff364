'use client'
import { useViewerZone } from '#components/desk/useViewerZone.ts'

/** Day and time in the viewer's own zone, which only their browser knows. */
export function RecordedAt({ at }: { at: string }) {
  const timeZone = useViewerZone()
  const words = timeZone
    ? new Intl.DateTimeFormat(undefined, { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(
        new Date(at),
      )
    : '\u00a0'
  return (
    <time dateTime={at} className="whitespace-nowrap tabular-nums">
      {words}
    </time>
  )
}
