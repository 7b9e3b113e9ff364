'use client'
import { type FormEvent, useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import { Select } from '#components/ui/Select.tsx'
import { Switch } from '#components/ui/Switch.tsx'
import { TextField } from '#components/ui/TextField.tsx'
import { MIN_PASSCODE } from '#lib/protocol/viewing.ts'

const EXPIRIES = [
  { days: '1', words: 'After a day' },
  { days: '7', words: 'After a week' },
  { days: '30', words: 'After 30 days' },
  { days: '', words: 'Never, until I revoke it' },
] as const

type ShareFormProps = { path: string; onMade(secret: string, label: string): void }

export function ShareForm({ path, onMade }: ShareFormProps) {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<{ message: string; field: string | null } | null>(null)
  const errorOf = (field: string): string | null => (failure?.field === field ? failure.message : null)

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    if (busy) return
    const form = new FormData(event.currentTarget)
    const text = (name: string): string => String(form.get(name) ?? '').trim()
    setBusy(true)
    setFailure(null)
    const answer = await requestJson<{ secret: string }>(path, {
      method: 'POST',
      body: {
        label: text('label'),
        download: form.get('download') === 'on',
        expiresInDays: text('expires') === '' ? null : Number(text('expires')),
        passcode: text('passcode') === '' ? null : text('passcode'),
      },
    })
    setBusy(false)
    if (answer.ok) onMade(answer.value.secret, text('label'))
    else setFailure(answer.error)
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4" noValidate>
      <TextField
        label="For whom"
        name="label"
        placeholder="The board, Noor, everybody in sales…"
        maxLength={80}
        required
        autoComplete="off"
        error={errorOf('label')}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Select label="Ends" name="expires" defaultValue="7">
          {EXPIRIES.map(({ days, words }) => (
            <option key={days} value={days}>
              {words}
            </option>
          ))}
        </Select>
        <TextField
          label="Passcode (optional)"
          name="passcode"
          autoComplete="off"
          minLength={MIN_PASSCODE}
          maxLength={64}
          error={errorOf('passcode')}
        />
      </div>
      <Switch
        label="May download"
        name="download"
        hint="Without it there is no download button; nobody can be kept from filming a screen."
      />
      {failure && !['label', 'passcode'].includes(failure.field ?? '') && (
        <Banner tone="danger">{failure.message}</Banner>
      )}
      <Button type="submit" variant="primary" loading={busy} className="self-end">
        Create link
      </Button>
    </form>
  )
}
