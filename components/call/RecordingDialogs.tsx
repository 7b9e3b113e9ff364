import type { Room } from '#lib/call/callState.ts'
import { isAsked } from '#lib/call/recordingConsent.ts'
import type { CallView } from './callView.ts'
import { RecordingConsentDialog } from './RecordingConsentDialog.tsx'
import { recordingChoices } from './recordingItems.ts'
import { StartRecordingDialog } from './StartRecordingDialog.tsx'
import { StopRecordingDialog } from './StopRecordingDialog.tsx'

type RecordingDialogsProps = { room: Room; open: CallView['recording']; onClose(): void }

/** All that people are asked about a recording. */
export function RecordingDialogs({ room, open, onClose }: RecordingDialogsProps) {
  const { recording, self } = room
  return (
    <>
      <StartRecordingDialog
        open={open === 'start' && recording === null}
        kinds={recordingChoices(room)}
        onClose={onClose}
      />
      <StopRecordingDialog
        open={open === 'stop' && recording !== null}
        onDevice={recording?.kind === 'device'}
        onClose={onClose}
      />
      {isAsked(recording, self) && <RecordingConsentDialog key={recording.id} recording={recording} />}
    </>
  )
}
