'use client'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { goTo } from '#components/desk/goTo.ts'
import { type RequestFailure, requestJson } from '#components/desk/requestJson.ts'
import { useHydrated } from '#components/desk/useHydrated.ts'
import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import { TextField } from '#components/ui/TextField.tsx'
import { MAX_PASSWORD_LENGTH } from '#lib/domain/passwordPolicy.ts'
import { signInWithPassword } from './nextAuth.ts'
import { PasswordAdvice } from './PasswordAdvice.tsx'
import { PasswordField } from './PasswordField.tsx'

export type SignUpTerms = {
  readonly open: boolean
  /** The first account, made from elsewhere: the log of the server has the code. */
  readonly setupCodeNeeded: boolean
  readonly firstAccount: boolean
}

type SignUpFormProps = { next: string; terms: SignUpTerms; leave?: (path: string) => void }

const text = (form: FormData, field: string): string => String(form.get(field) ?? '')

const FIELDS = ['name', 'email', 'password', 'setupCode'] as const

export function SignUpForm({ next, terms, leave = goTo }: SignUpFormProps) {
  const ready = useHydrated()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<RequestFailure | null>(null)
  const [person, setPerson] = useState({ name: '', email: '', password: '' })
  const form = useRef<HTMLFormElement>(null)
  // What was typed before React took the form over is not lost when it first renders again.
  useEffect(() => {
    if (!form.current) return
    const typed = new FormData(form.current)
    setPerson({ name: text(typed, 'name'), email: text(typed, 'email'), password: text(typed, 'password') })
  }, [])
  const set = (field: keyof typeof person) => (event: { currentTarget: HTMLInputElement }) => {
    const { value } = event.currentTarget
    setPerson((before) => ({ ...before, [field]: value }))
    if (failure?.field === field) setFailure(null)
  }
  const errorOf = (field: (typeof FIELDS)[number]): string | null =>
    failure?.field === field ? failure.message : null
  const refuse = (reason: RequestFailure): void => {
    setBusy(false)
    setFailure(reason)
    const wrong = form.current?.elements.namedItem(reason.field ?? '')
    if (wrong instanceof HTMLElement) wrong.focus()
  }

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    if (busy) return
    // From the form itself, not from state: what was typed or filled in before React was there counts too.
    const typed = new FormData(event.currentTarget)
    const [name, email, password] = [text(typed, 'name'), text(typed, 'email'), text(typed, 'password')]
    const setupCode = text(typed, 'setupCode').trim()
    setBusy(true)
    setFailure(null)
    const made = await requestJson('/api/sign-up', {
      method: 'POST',
      body: { name, email, password, ...(setupCode ? { setupCode } : {}) },
    })
    if (!made.ok) return refuse(made.error)
    // The answer is the same whether or not the email had an account; only its password opens it.
    const entered = await signInWithPassword(email, password)
    leave(entered.ok ? next : `/sign-in?next=${encodeURIComponent(next)}`)
  }

  if (!terms.open && !terms.firstAccount) return <SignUpClosed />
  return (
    <form ref={form} onSubmit={(event) => void submit(event)} method="post" className="flex flex-col gap-5">
      {terms.firstAccount && <Banner>This is the first account here: it becomes the administrator’s.</Banner>}
      {failure && !FIELDS.some((field) => field === failure.field) && (
        <Banner tone="danger">{failure.message}</Banner>
      )}
      <TextField
        label="Name"
        name="name"
        autoComplete="name"
        required
        maxLength={80}
        value={person.name}
        onChange={set('name')}
        error={errorOf('name')}
      />
      <TextField
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        maxLength={254}
        value={person.email}
        onChange={set('email')}
        error={errorOf('email')}
      />
      <PasswordField
        name="password"
        autoComplete="new-password"
        required
        maxLength={MAX_PASSWORD_LENGTH}
        value={person.password}
        onChange={set('password')}
        error={errorOf('password')}
        hint={<PasswordAdvice {...person} />}
      />
      {terms.setupCodeNeeded && (
        <TextField
          label="Setup code"
          name="setupCode"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={200}
          hint="So that no stranger takes this server: its log shows the code."
          error={errorOf('setupCode')}
        />
      )}
      <Button
        type="submit"
        variant="primary"
        size="lg"
        loading={busy}
        disabled={!ready}
        className="mt-1 w-full disabled:opacity-100"
      >
        Create account
      </Button>
    </form>
  )
}

function SignUpClosed() {
  return (
    <Banner tone="warning">
      Sign-up is closed on this server. Ask whoever runs it for an account. To join a meeting you only need
      its link.
    </Banner>
  )
}
