import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import { useCall } from './CallContext.tsx'

/** A recording that has stopped does not go on: asked once. */
export function StopRecordingDialog({ open, onClose }: { open: boolean; onClose(): void }) {
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
      description="Everyone is told. What was recorded is kept and gets a page of its own."
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
