import { useState } from 'react'
import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import { type RecordedWhere, recordedWhere } from '#lib/call/recordedWhere.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'
import { useCall } from './CallContext.tsx'

const WHERE: Readonly<Record<RecordedWhere, string>> = {
  server: '',
  device: ', on their own device alone',
  both: ', on the server and with a copy on their own device',
}

/**
 * May we record you? Put off, the answer is no: nobody is in a recording whom nobody heard agree. It can be given for as
 * long as the recording goes on.
 */
export function RecordingConsentDialog({ recording }: { recording: RoomRecording }) {
  const call = useCall()
  const [answered, setAnswered] = useState(false)
  const answer = (agree: boolean): void => {
    setAnswered(true)
    // Not taken by the server, the question stands again.
    void call.answerRecording(agree).finally(() => setAnswered(false))
  }
  const asked = recording.consent === 'asked'
  const who = recording.by ?? 'The host'
  const where = WHERE[recordedWhere(recording)]
  return (
    <Dialog
      open={!answered}
      onOpenChange={(open) => !open && answer(false)}
      title={asked ? 'May you be recorded?' : 'Record your own track?'}
      description={
        asked
          ? `${who} records this meeting${where}. Until you agree, you are neither seen nor heard in the recording.`
          : `${who} records this meeting${where}, with you in it. Your own track is asked for as well: your microphone and camera in full quality, from this device.`
      }
      actions={
        <>
          {asked && (
            <Button variant="ghost" className="sm:mr-auto" onClick={() => void call.leave()}>
              Leave
            </Button>
          )}
          <Button variant="secondary" onClick={() => answer(false)}>
            {asked ? 'Decline: stay unrecorded' : 'No, thanks'}
          </Button>
          <Button variant="primary" onClick={() => answer(true)}>
            {asked ? 'Agree and stay' : 'Agree'}
          </Button>
        </>
      }
    >
      {recording.studio && asked && (
        <p className="text-sm text-ink-soft">
          Agreeing also records your own microphone and camera on this device, in full quality, and sends them
          to the server in the background.
        </p>
      )}
    </Dialog>
  )
}
