'use client'
import type { FormEvent } from 'react'
import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import { PasswordField } from './PasswordField.tsx'

type ReauthDialogProps = {
  open: boolean
  busy: boolean
  error: string | null
  onConfirm(password: string): void
  onCancel(): void
}

/** Whoever finds this computer unlocked should not be able to lock its owner out. */
export function ReauthDialog({ open, busy, error, onConfirm, onCancel }: ReauthDialogProps) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    if (!busy) onConfirm(String(new FormData(event.currentTarget).get('password')))
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onCancel()}
      title="Confirm that it is you"
      description="You signed in a while ago. Enter your password to go on."
    >
      <form onSubmit={submit} method="post" className="flex flex-col gap-5">
        <PasswordField name="password" autoComplete="current-password" required autoFocus error={error} />
        <div className="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
          <Button onClick={onCancel}>Cancel</Button>
          <Button type="submit" variant="primary" loading={busy}>
            Confirm
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
