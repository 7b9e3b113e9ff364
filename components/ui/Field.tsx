import type { ReactNode } from 'react'
import { joinClasses } from './joinClasses.ts'

export const CONTROL_CLASSES =
  'focus-ring block h-11 w-full rounded-md border border-line-strong bg-surface px-3 text-base text-ink ' +
  'transition-[border-color,box-shadow] placeholder:text-ink-faint hover:border-ink-faint ' +
  'focus-visible:outline-offset-0 aria-invalid:border-danger disabled:opacity-60'

type FieldProps = {
  id: string
  label: ReactNode
  hint?: ReactNode
  error?: string | null | undefined
  className?: string | undefined
  children: ReactNode
}

const hintId = (id: string): string => `${id}-hint`
const errorId = (id: string): string => `${id}-error`

/** The ids for aria-describedby, so that a hint and an error are read with the control. */
export const describedBy = (
  id: string,
  hint: ReactNode,
  error: string | null | undefined,
): string | undefined =>
  [hint ? hintId(id) : null, error ? errorId(id) : null].filter(Boolean).join(' ') || undefined

/** Label above, control, then what helps (hint) and what went wrong (error). */
export function Field({ id, label, hint, error, className, children }: FieldProps) {
  return (
    <div className={joinClasses('flex min-w-0 flex-col gap-1.5', className)}>
      <label htmlFor={id} className="text-sm font-medium text-ink">
        {label}
      </label>
      {children}
      {hint && (
        <p id={hintId(id)} className="text-sm text-ink-soft">
          {hint}
        </p>
      )}
      {error && (
        <p id={errorId(id)} className="text-sm font-medium text-danger-ink">
          {error}
        </p>
      )}
    </div>
  )
}
