import { RecordingLine } from '#components/recordings/RecordingLine.tsx'
import { useCall } from './CallContext.tsx'
import { ownRecordingWords } from './ownRecordingWords.ts'
import { useStore } from './useStore.ts'

/** What this browser records or still uploads: small, out of the way, never wider than the screen. */
export function OwnRecordingLine({ className }: { className?: string }) {
  const words = ownRecordingWords(useStore(useCall().ownRecording))
  return (
    <div className="max-w-full sm:self-start">
      <RecordingLine words={words} className={className} />
    </div>
  )
}
