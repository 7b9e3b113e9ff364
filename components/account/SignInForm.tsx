'use client'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { goTo } from '#components/desk/goTo.ts'
import { useHydrated } from '#components/desk/useHydrated.ts'
import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import { TextField } from '#components/ui/TextField.tsx'
import { type SignInFailure, signInWithPassword } from './nextAuth.ts'
import { PasswordField } from './PasswordField.tsx'

const MESSAGES: Record<SignInFailure, string> = {
  wrong: 'The email or the password is not right. Check both and try again.',
  'too-many': 'Too many attempts. Wait a minute, then try again.',
  unreachable: 'The server cannot be reached right now. Your account is fine; try again in a moment.',
}

/** @param leave where a full page load begins; tests put their own */
export function SignInForm({ next, leave = goTo }: { next: string; leave?: (path: string) => void }) {
  const ready = useHydrated()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<SignInFailure | null>(null)
  const password = useRef<HTMLInputElement>(null)
  // What was wrong is typed again: the focus goes there, once the message stands above it.
  useEffect(() => {
    if (failure === 'wrong') password.current?.select()
  }, [failure])

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    if (busy) return
    const fields = new FormData(event.currentTarget)
    setBusy(true)
    setFailure(null)
    const outcome = await signInWithPassword(String(fields.get('email')), String(fields.get('password')))
    if (outcome.ok) return leave(next)
    setBusy(false)
    setFailure(outcome.error)
  }

  return (
    <form onSubmit={(event) => void submit(event)} method="post" className="flex flex-col gap-5">
      {failure && <Banner tone="danger">{MESSAGES[failure]}</Banner>}
      <TextField label="Email" name="email" type="email" autoComplete="username" required maxLength={254} />
      <PasswordField
        name="password"
        autoComplete="current-password"
        required
        maxLength={1024}
        ref={password}
      />
      <Button
        type="submit"
        variant="primary"
        size="lg"
        loading={busy}
        disabled={!ready}
        className="mt-1 w-full disabled:opacity-100"
      >
        Sign in
      </Button>
    </form>
  )
}
