import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import { useCall } from './CallContext.tsx'

const ON_SERVER = 'Everyone is told. What was recorded is kept and gets a page of its own.'
const ON_DEVICE =
  'Everyone is told. What was recorded is on the host’s device alone, and can be saved there as a file.'

type StopRecordingDialogProps = {
  open: boolean
  /** Nothing of it is on the server. */
  onDevice: boolean
  onClose(): void
}

/** A recording that has stopped does not go on: asked once. */
export function StopRecordingDialog({ open, onDevice, onClose }: StopRecordingDialogProps) {
  const call = useCall()
  const stop = (): void => {
    void call.stopRecording()
    onClose()
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Stop recording?"
      description={onDevice ? ON_DEVICE : ON_SERVER}
      actions={
        <>
          <Button variant="secondary" onClick={onClose}>
            Go on recording
          </Button>
          <Button variant="danger" onClick={stop}>
            Stop recording
          </Button>
        </>
      }
    />
  )
}
