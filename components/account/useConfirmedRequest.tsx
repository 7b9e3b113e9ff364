'use client'
import { type ReactNode, useRef, useState } from 'react'
import { type RequestFailure, requestJson } from '#components/desk/requestJson.ts'
import { fail, type Result } from '#lib/result.ts'
import { ReauthDialog } from './ReauthDialog.tsx'

type Outcome = Result<unknown, RequestFailure>
type Pending = { readonly path: string; readonly finish: (outcome: Outcome) => void }

const CANCELLED: RequestFailure = { status: 403, message: '', field: null, needsPassword: true }

/**
 * Posts something that the server may want the password for (a sign-in longer ago than an hour): then asks for it and
 * posts again. A cancelled question is a failure with an empty message.
 * @returns `post`, and the dialog to render
 */
export function useConfirmedRequest(): { post: (path: string) => Promise<Outcome>; dialog: ReactNode } {
  const [pending, setPending] = useState<Pending | null>(null)
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  /** Known for the rest of this page's life, so that five revocations are not five questions. In memory only. */
  const password = useRef<string | null>(null)
  const send = (path: string): Promise<Outcome> =>
    requestJson(path, {
      method: 'POST',
      body: password.current === null ? {} : { password: password.current },
    })

  const post = async (path: string): Promise<Outcome> => {
    const outcome = await send(path)
    if (outcome.ok || !outcome.error.needsPassword) return outcome
    return new Promise((finish) => setPending({ path, finish }))
  }
  const close = (outcome: Outcome): void => {
    pending?.finish(outcome)
    setPending(null)
    setError(null)
    setBusy(false)
  }
  const confirm = async (typed: string): Promise<void> => {
    if (!pending) return
    setBusy(true)
    password.current = typed
    const outcome = await send(pending.path)
    if (outcome.ok || !outcome.error.needsPassword) return close(outcome)
    password.current = null
    setBusy(false)
    setError('This is not your password.')
  }
  const dialog = (
    <ReauthDialog
      open={pending !== null}
      busy={busy}
      error={error}
      onConfirm={(typed) => void confirm(typed)}
      onCancel={() => close(fail(CANCELLED))}
    />
  )
  return { post, dialog }
}
