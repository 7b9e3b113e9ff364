'use client'
import { useState } from 'react'
import { LoadFailure } from '#components/desk/LoadFailure.tsx'
import { useRequest } from '#components/desk/useRequest.ts'
import { Dialog } from '#components/ui/Dialog.tsx'
import { Spinner } from '#components/ui/Spinner.tsx'
import type { RecordingShareView } from '#lib/protocol/recordings.ts'
import { NewLink } from './NewLink.tsx'
import { ShareForm } from './ShareForm.tsx'
import { ShareLines } from './ShareLines.tsx'

type ShareDialogProps = { id: string; open: boolean; onOpenChange(open: boolean): void }

/** Links to one recording: made for somebody, listed, taken back. */
export function ShareDialog({ id, open, onOpenChange }: ShareDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="md"
      title="Share"
      description="Whoever has the link can watch, without an account. Make one for each person or group, so that you can take each back by itself."
    >
      {open && <Shares id={id} />}
    </Dialog>
  )
}

function Shares({ id }: { id: string }) {
  const path = `/api/recordings/${id}/shares`
  const { value, failure, reload } = useRequest<{ shares: readonly RecordingShareView[] }>(path)
  const [made, setMade] = useState<{ readonly secret: string; readonly label: string } | null>(null)
  return (
    <div className="flex flex-col gap-6">
      {made ? (
        <NewLink secret={made.secret} label={made.label} onAnother={() => setMade(null)} />
      ) : (
        <ShareForm
          path={path}
          onMade={(secret, label) => {
            setMade({ secret, label })
            reload()
          }}
        />
      )}
      {value ? (
        <ShareLines path={path} shares={value.shares} onChanged={reload} />
      ) : failure ? (
        <LoadFailure failure={failure} retry={reload} />
      ) : (
        <Spinner label="Loading" />
      )}
    </div>
  )
}
