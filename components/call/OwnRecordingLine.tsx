import { useCall } from './CallContext.tsx'
import { ownRecordingWords } from './ownRecordingWords.ts'
import { useStore } from './useStore.ts'

/**
 * What this browser records or still uploads, to the person at it: small, out of the way, never wider than the screen.
 * Screen readers hear what changes, and not each figure of it; for that their region stands there before there is a word.
 */
export function OwnRecordingLine({ className = '' }: { className?: string }) {
  const words = ownRecordingWords(useStore(useCall().ownRecording))
  return (
    <div className="max-w-full sm:self-start">
      <p role="status" aria-label="Your own recording" className="sr-only">
        {words?.spoken}
      </p>
      {words && (
        <p aria-hidden className={`text-xs text-balance tabular-nums ${className}`}>
          {words.text}
          {words.hint !== null && <span className="block opacity-85">{words.hint}</span>}
        </p>
      )}
    </div>
  )
}
