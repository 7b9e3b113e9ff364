import { useCall } from './CallContext.tsx'
import { ownRecordingWords } from './ownRecordingWords.ts'
import { useStore } from './useStore.ts'

/** What this browser records or still uploads, to the person at it: a small line, out of the way. */
export function OwnRecordingLine({ className = '' }: { className?: string }) {
  const words = ownRecordingWords(useStore(useCall().ownRecording))
  if (words === null) return null
  return (
    <p role="status" aria-label="Your own recording" className={`text-xs tabular-nums ${className}`}>
      {words}
    </p>
  )
}
