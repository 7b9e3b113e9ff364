import { useCall } from '#components/call/CallContext.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import { Switch } from '#components/ui/Switch.tsx'
import type { Permissions } from '#lib/protocol/events.ts'
import type { Permission } from '#lib/protocol/permissions.ts'

/** In the order in which hosts want them. */
const CHOICES: readonly (readonly [Permission, string])[] = [
  ['screen', 'Share their screen'],
  ['chat', 'Send chat messages'],
  ['microphone', 'Turn on their microphone'],
  ['camera', 'Turn on their camera'],
]

type HostControlsProps = { open: boolean; permissions: Permissions; onClose(): void }

/** What everybody but the host and co-hosts may do. */
export function HostControls({ open, permissions, onClose }: HostControlsProps) {
  const call = useCall()
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Host controls"
      description="For everybody but you, the host, and co-hosts. What you turn off ends at once."
    >
      <fieldset>
        <legend className="mb-1 text-sm font-semibold text-ink">Everybody can</legend>
        {CHOICES.map(([what, words]) => (
          <Switch
            key={what}
            label={words}
            checked={permissions[what]}
            onChange={(event) => void call.setPermission(what, event.target.checked)}
          />
        ))}
      </fieldset>
    </Dialog>
  )
}
