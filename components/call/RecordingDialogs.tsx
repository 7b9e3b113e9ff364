import { useEffect } from 'react'
import type { Room } from '#lib/call/callState.ts'
import { isAsked } from '#lib/call/recordingConsent.ts'
import type { CallView } from './callView.ts'
import { RecordingConsentDialog } from './RecordingConsentDialog.tsx'
import { mayKeepCopy, recordingChoices } from './recordingItems.ts'
import { StartRecordingDialog } from './StartRecordingDialog.tsx'
import { StopRecordingDialog } from './StopRecordingDialog.tsx'

type RecordingDialogsProps = { room: Room; open: CallView['recording']; onClose(): void }

/** All that people are asked about a recording. */
export function RecordingDialogs({ room, open, onClose }: RecordingDialogsProps) {
  const { recording, self } = room
  const asks = open === (recording === null ? 'start' : 'stop') ? open : null
  const settled = open !== null && asks === null
  // Somebody else has started or stopped it meanwhile: the question is settled, and does not come back with the next one.
  useEffect(() => {
    if (settled) onClose()
  }, [settled, onClose])
  return (
    <>
      <StartRecordingDialog
        open={asks === 'start'}
        kinds={recordingChoices(room)}
        mayKeepCopy={mayKeepCopy(room)}
        onClose={onClose}
      />
      <StopRecordingDialog open={asks === 'stop'} onDevice={recording?.kind === 'device'} onClose={onClose} />
      {isAsked(recording, self) && <RecordingConsentDialog key={recording.id} recording={recording} />}
    </>
  )
}
