'use client'
import { useNow } from './useNow.ts'

const STEPS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
] as const

function ago(from: number, now: number): string {
  const elapsed = now - from
  const step = STEPS.find(({ ms }) => elapsed >= ms)
  if (!step) return 'just now'
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(
    -Math.floor(elapsed / step.ms),
    step.unit,
  )
}

/** How long ago; the exact time in the viewer's own zone on hover, and for machines. */
export function LocalTime({ at }: { at: string }) {
  const now = useNow()
  const exact = now
    ? new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))
    : undefined
  return (
    <time dateTime={at} title={exact} className="whitespace-nowrap tabular-nums">
      {now ? ago(Date.parse(at), now.getTime()) : ''}
    </time>
  )
}
