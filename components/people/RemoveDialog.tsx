import { useCall } from '#components/call/CallContext.tsx'
import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import type { Participant } from '#lib/protocol/events.ts'

/** Removing cannot be taken back by a second press, so it is asked once. */
export function RemoveDialog({ person, onClose }: { person: Participant | null; onClose(): void }) {
  const call = useCall()
  const remove = (): void => {
    if (person) void call.remove(person.id)
    onClose()
  }
  return (
    <Dialog
      open={person !== null}
      onOpenChange={(open) => !open && onClose()}
      title={`Remove ${person?.name ?? ''}?`}
      description="They leave the call at once and cannot come back to it by themselves."
      actions={
        <>
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="danger" onClick={remove}>
            Remove
          </Button>
        </>
      }
    />
  )
}
