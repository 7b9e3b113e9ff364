import type { Room } from '#lib/call/callState.ts'
import { isAsked } from '#lib/call/recordingConsent.ts'
import { mayRecord } from '#lib/domain/authority.ts'
import type { CallView } from './callView.ts'
import { RecordingConsentDialog } from './RecordingConsentDialog.tsx'
import { StartRecordingDialog } from './StartRecordingDialog.tsx'
import { StopRecordingDialog } from './StopRecordingDialog.tsx'

type RecordingDialogsProps = { room: Room; open: CallView['recording']; onClose(): void }

/** All that people are asked about a recording. */
export function RecordingDialogs({ room, open, onClose }: RecordingDialogsProps) {
  const { recording, settings, self } = room
  const own = room.participants.get(self)
  return (
    <>
      <StartRecordingDialog
        open={open === 'start' && recording === null}
        kinds={settings.recording.filter((kind) => own !== undefined && mayRecord(own, kind))}
        onClose={onClose}
      />
      <StopRecordingDialog open={open === 'stop' && recording !== null} onClose={onClose} />
      {isAsked(recording, self) && <RecordingConsentDialog key={recording.id} recording={recording} />}
    </>
  )
}
