import { CircleCheck } from 'lucide-react'
import { passwordAdvice } from '#lib/domain/passwordAdvice.ts'
import { MIN_PASSWORD_LENGTH } from '#lib/domain/passwordPolicy.ts'

/** Says live what the password still lacks; one line at any time, so that nothing below it moves. */
export function PasswordAdvice(person: { name: string; email: string; password: string }) {
  if (person.password === '') {
    return <>At least {MIN_PASSWORD_LENGTH} characters. A few words work well.</>
  }
  const advice = passwordAdvice(person)
  if (advice) return <>{advice}</>
  return (
    <span className="inline-flex items-center gap-1.5 text-success-ink">
      <CircleCheck aria-hidden className="size-4" />
      Good to go.
    </span>
  )
}
