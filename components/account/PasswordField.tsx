'use client'
import { Eye, EyeOff } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId, useState } from 'react'
import { CONTROL_CLASSES, describedBy, Field } from '#components/ui/Field.tsx'
import { IconButton } from '#components/ui/IconButton.tsx'
import { joinClasses } from '#components/ui/joinClasses.ts'

type PasswordFieldProps = Omit<ComponentProps<'input'>, 'id' | 'type'> & {
  label?: string
  hint?: ReactNode
  error?: string | null
}

/** A password that its owner may look at while typing; pasting and password managers work. */
export function PasswordField({ label = 'Password', hint, error, className, ...rest }: PasswordFieldProps) {
  const id = useId()
  const [shown, setShown] = useState(false)
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <span className="relative block">
        <input
          id={id}
          type={shown ? 'text' : 'password'}
          autoCapitalize="none"
          spellCheck={false}
          className={joinClasses(CONTROL_CLASSES, 'pr-12', className)}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(id, hint, error)}
          {...rest}
        />
        <IconButton
          label={shown ? 'Hide what I typed' : 'Show what I typed'}
          onClick={() => setShown(!shown)}
          className="absolute top-0 right-0 size-11"
        >
          {shown ? <EyeOff aria-hidden className="size-4" /> : <Eye aria-hidden className="size-4" />}
        </IconButton>
      </span>
    </Field>
  )
}
