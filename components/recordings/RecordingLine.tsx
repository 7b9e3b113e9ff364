import type { OwnRecordingWords } from '#components/call/ownRecordingWords.ts'

/**
 * What this browser records or still uploads, to the person at it. Screen readers hear what changes, and not each figure of
 * it; for that their region stands there before there is a word.
 */
export function RecordingLine({
  words,
  className = '',
}: {
  words: OwnRecordingWords | null
  className?: string
}) {
  return (
    <>
      <p role="status" aria-label="Your own recording" className="sr-only">
        {words?.spoken}
      </p>
      {words && (
        <p aria-hidden className={`text-xs text-balance tabular-nums ${className}`}>
          {words.text}
          {words.hint !== null && <span className="block opacity-85">{words.hint}</span>}
        </p>
      )}
    </>
  )
}
