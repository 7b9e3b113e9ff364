'use client'
import { ArrowRight } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useHydrated } from '#components/desk/useHydrated.ts'
import { Button } from '#components/ui/Button.tsx'
import { TextField } from '#components/ui/TextField.tsx'
import { meetingPathFrom } from '#lib/domain/meetingLink.ts'

/** For who has a link somewhere else than under the pointer. */
export function JoinByLink() {
  const router = useRouter()
  const ready = useHydrated()
  const [error, setError] = useState<string | null>(null)
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const path = meetingPathFrom(String(new FormData(event.currentTarget).get('link')))
    if (path) router.push(path)
    else setError('This is not a Parley link. It ends like /m/calm-otter-… and a long code.')
  }
  return (
    <form onSubmit={submit} method="post" className="flex items-start gap-2">
      <TextField
        label="Have a link?"
        name="link"
        placeholder="Paste it here"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={500}
        required
        error={error}
        onChange={() => setError(null)}
        fieldClassName="min-w-0 flex-1"
      />
      <Button type="submit" disabled={!ready} className="mt-[1.625rem] h-11 disabled:opacity-100">
        Go
        <ArrowRight aria-hidden className="size-4" />
      </Button>
    </form>
  )
}
