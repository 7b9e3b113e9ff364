'use client'
import { type FormEvent, useCallback, useEffect, useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { Button } from '#components/ui/Button.tsx'
import { Logo } from '#components/ui/Logo.tsx'
import { Spinner } from '#components/ui/Spinner.tsx'
import { TextField } from '#components/ui/TextField.tsx'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import type { OpenedShare } from '#lib/protocol/viewing.ts'
import { LinkOver } from './LinkOver.tsx'
import { SharedRecording } from './SharedRecording.tsx'

type State =
  | { readonly kind: 'opening' }
  | { readonly kind: 'asked'; readonly busy: boolean; readonly error: string | null }
  | { readonly kind: 'open'; readonly shareId: string; readonly recording: RecordingView }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'over' }

/** What somebody with a link meets: perhaps a passcode, then the recording. */
export function SharedScreen({ secret }: { secret: string }) {
  const [state, setState] = useState<State>({ kind: 'opening' })

  const open = useCallback(
    async (passcode?: string): Promise<void> => {
      const body = passcode === undefined ? { secret } : { secret, passcode }
      const answer = await requestJson<OpenedShare>('/api/shared', { method: 'POST', body })
      if (!answer.ok)
        return setState(refused(answer.error.status, answer.error.message, passcode !== undefined))
      if (!answer.value.open) return setState({ kind: 'asked', busy: false, error: null })
      const shareId = answer.value.id
      const view = await requestJson<{ recording: RecordingView }>(`/api/shared/${shareId}`)
      if (view.ok) return setState({ kind: 'open', shareId, recording: view.value.recording })
      setState(refused(view.error.status, view.error.message, false))
    },
    [secret],
  )
  useEffect(() => {
    void open()
  }, [open])
  const onOver = useCallback(() => setState({ kind: 'over' }), [])
  // The film stays where it is unless the link asks for its passcode.
  const onClosed = useCallback(() => void open(), [open])

  switch (state.kind) {
    case 'over':
      return <LinkOver />
    case 'open':
      return (
        <SharedRecording
          shareId={state.shareId}
          first={state.recording}
          onOver={onOver}
          onClosed={onClosed}
        />
      )
    case 'opening':
      return (
        <Calm>
          <Spinner label="Opening the recording" className="size-8" />
        </Calm>
      )
    case 'failed':
      return (
        <Calm>
          <h1 className="text-2xl font-semibold text-ink">This did not work</h1>
          <p className="mt-3 max-w-md text-ink-soft">{state.message}</p>
          <Button className="mt-6" onClick={() => void open()}>
            Try again
          </Button>
        </Calm>
      )
    case 'asked':
      return (
        <Passcode
          busy={state.busy}
          error={state.error}
          onSubmit={(passcode) => {
            setState({ kind: 'asked', busy: true, error: null })
            void open(passcode)
          }}
        />
      )
  }
}

function refused(status: number, message: string, withPasscode: boolean): State {
  if (status === 404 || status === 410) return { kind: 'over' }
  return withPasscode ? { kind: 'asked', busy: false, error: message } : { kind: 'failed', message }
}

function Calm({ children }: { children: React.ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center bg-[radial-gradient(60rem_32rem_at_50%_0,var(--glow),transparent)] px-6 pb-[16vh] text-center">
      {children}
    </main>
  )
}

type PasscodeProps = { busy: boolean; error: string | null; onSubmit(passcode: string): void }

function Passcode({ busy, error, onSubmit }: PasscodeProps) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const passcode = String(new FormData(event.currentTarget).get('passcode') ?? '').trim()
    if (!busy && passcode !== '') onSubmit(passcode)
  }
  return (
    <Calm>
      <Logo wordmark={false} className="[&>svg]:size-12" />
      <h1 className="mt-8 text-3xl font-semibold text-ink">A recording for you</h1>
      <p className="mt-3 max-w-md text-ink-soft">
        Whoever sent you this link chose a passcode for it. Ask them if you do not have it.
      </p>
      <form onSubmit={submit} className="mt-8 flex w-full max-w-xs flex-col gap-4 text-left">
        <TextField
          label="Passcode"
          name="passcode"
          autoComplete="off"
          autoFocus
          required
          maxLength={64}
          error={error}
        />
        <Button type="submit" variant="primary" size="lg" loading={busy}>
          Watch
        </Button>
      </form>
    </Calm>
  )
}
