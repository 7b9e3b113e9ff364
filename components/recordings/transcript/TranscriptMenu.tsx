'use client'
import { Ellipsis, FileUp, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { DeleteDialog } from '#components/desk/DeleteDialog.tsx'
import { IconButton } from '#components/ui/IconButton.tsx'
import { Menu, MenuItem } from '#components/ui/Menu.tsx'
import { Spinner } from '#components/ui/Spinner.tsx'

type TranscriptMenuProps = { path: string; busy: boolean; onReplace(): void; onRemoved(): void }

/** What its owner does with a transcript. */
export function TranscriptMenu({ path, busy, onReplace, onRemoved }: TranscriptMenuProps) {
  const [removing, setRemoving] = useState(false)
  return (
    <>
      <Menu
        trigger={
          <IconButton label="More about the transcript" size="sm" aria-busy={busy || undefined}>
            {busy ? <Spinner className="size-4" /> : <Ellipsis aria-hidden className="size-4" />}
          </IconButton>
        }
      >
        <MenuItem icon={<FileUp aria-hidden />} disabled={busy} onSelect={onReplace}>
          Replace the transcript…
        </MenuItem>
        <MenuItem icon={<Trash2 aria-hidden />} tone="danger" onSelect={() => setRemoving(true)}>
          Remove the transcript…
        </MenuItem>
      </Menu>
      <DeleteDialog
        path={path}
        title="Remove the transcript?"
        description="The captions are gone too, for everybody who has a link. The recording stays as it is."
        action="Remove transcript"
        open={removing}
        onOpenChange={setRemoving}
        onDeleted={onRemoved}
      />
    </>
  )
}
