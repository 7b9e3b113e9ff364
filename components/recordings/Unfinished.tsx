import { CircleAlert, Clapperboard, MonitorDown } from 'lucide-react'
import { EmptyState } from '#components/ui/EmptyState.tsx'
import { Spinner } from '#components/ui/Spinner.tsx'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { KeptRecordings } from './kept/KeptRecordings.tsx'
import { deviceWords, reasonWords } from './recordingWords.ts'
import { TryAgain } from './TryAgain.tsx'

type UnfinishedProps = {
  recording: RecordingView
  /** For its owner: it is being put together again. */
  onTriedAgain?: () => void
}

/** In place of the film, while there is none or when there will be none. */
export function Unfinished({ recording, onTriedAgain }: UnfinishedProps) {
  const { id, kind, state, stopReason, startedBy } = recording
  return (
    <>
      <div role="status" className="rounded-lg border border-line bg-surface shadow-1">
        {state === 'failed' ? (
          <Failed recording={recording} onTriedAgain={onTriedAgain} />
        ) : state === 'kept' ? (
          <EmptyState icon={<MonitorDown aria-hidden />} title={deviceWords(startedBy)}>
            It was recorded and kept there, and nothing of it was sent to this server: there is nothing to
            watch or to share here. This entry can be deleted.
          </EmptyState>
        ) : state === 'finishing' || state === 'ready' ? (
          <EmptyState icon={<Spinner className="size-6!" />} title="Being prepared…">
            {stopReason === 'disk-full'
              ? 'The recording is safe. The server’s disk was full: it is put together as soon as there is room, and the page shows it by itself.'
              : 'The recording is safe and is being put together. This takes seconds for most; the page shows it by itself.'}
          </EmptyState>
        ) : (
          <EmptyState icon={<Clapperboard aria-hidden />} title="Recording now">
            {kind === 'device'
              ? 'The meeting goes on. It is kept on the device that records it.'
              : 'The meeting goes on. When the recording is stopped, it appears here by itself.'}
          </EmptyState>
        )}
      </div>
      <KeptRecordings ids={[id]} className="mx-auto mt-4" />
    </>
  )
}

function Failed({ recording: { id, stopReason, unfinished, owned }, onTriedAgain }: UnfinishedProps) {
  const icon = <CircleAlert aria-hidden />
  if (unfinished) {
    return (
      <EmptyState
        icon={icon}
        title="This recording failed"
        action={onTriedAgain && <TryAgain id={id} onTriedAgain={onTriedAgain} />}
      >
        It could not be put together. What was recorded is still on the server.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={icon} title="This recording failed">
      {reasonWords(stopReason)} There is nothing to watch{owned && '; you can delete it'}.
    </EmptyState>
  )
}
