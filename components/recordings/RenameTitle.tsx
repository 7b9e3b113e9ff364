'use client'
import { Pencil } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import { IconButton } from '#components/ui/IconButton.tsx'
import { TextField } from '#components/ui/TextField.tsx'
import { MAX_RECORDING_TITLE } from '#lib/protocol/viewing.ts'

type RenameTitleProps = { id: string; title: string; onRenamed(title: string): void }

export function RenameTitle({ id, title, onRenamed }: RenameTitleProps) {
  const [open, setOpen] = useState(false)
  const [text, setText] = useState(title)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const begin = (): void => {
    setText(title)
    setError(null)
    setOpen(true)
  }
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    const path = `/api/recordings/${id}`
    const saved = await requestJson<{ recording: { title: string } }>(path, {
      method: 'PATCH',
      body: { title: text },
    })
    setBusy(false)
    if (!saved.ok) return setError(saved.error.message)
    setOpen(false)
    onRenamed(saved.value.recording.title)
  }
  return (
    <>
      <IconButton label="Rename" size="sm" onClick={begin}>
        <Pencil aria-hidden className="size-4" />
      </IconButton>
      <Dialog open={open} onOpenChange={setOpen} title="Rename recording">
        <form onSubmit={(event) => void save(event)} className="flex flex-col gap-5">
          <TextField
            label="Title"
            required
            maxLength={MAX_RECORDING_TITLE}
            value={text}
            error={error}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" variant="primary" loading={busy} className="self-end">
            Save
          </Button>
        </form>
      </Dialog>
    </>
  )
}
