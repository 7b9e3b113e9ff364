import { useStore } from '#components/call/useStore.ts'
import { Button } from '#components/ui/Button.tsx'
import { Spinner } from '#components/ui/Spinner.tsx'
import type { CallHandle } from '#lib/call/CallHandle.ts'
import type { RecordingNotice } from '#lib/domain/recordingPolicy.ts'
import { CalmScreen } from './CalmScreen.tsx'
import { Preview } from './Preview.tsx'
import { RecordingNote } from './RecordingNote.tsx'

type WaitingScreenProps = {
  call: CallHandle
  title: string
  recording: RecordingNotice
  name: string
  colourId: string
}

/** At the door. Joins by itself once a host says yes. */
export function WaitingScreen({ call, title, recording, name, colourId }: WaitingScreenProps) {
  const local = useStore(call.local)
  return (
    <CalmScreen
      state="waiting"
      title="Asking to join…"
      text={`Someone in “${title}” will let you in soon. Keep this page open.`}
      actions={
        <Button variant="stage" size="lg" className="w-full sm:w-auto" onClick={() => void call.leave()}>
          Stop waiting
        </Button>
      }
    >
      <div className="mt-6 w-full empty:hidden">
        <RecordingNote recording={recording} />
      </div>
      <div className="mt-8 w-full" role="status">
        <span className="sr-only">Asking to join</span>
        <Preview
          local={local}
          name={name}
          colourId={colourId}
          onToggle={(kind, on) => void (kind === 'microphone' ? call.setMicrophone(on) : call.setCamera(on))}
        />
        <p className="mt-4 flex items-center justify-center gap-2 text-sm text-stage-ink-soft">
          <Spinner /> Waiting for the host
        </p>
      </div>
    </CalmScreen>
  )
}
