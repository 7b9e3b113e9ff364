import { ChevronDown } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { CONTROL_CLASSES, describedBy, Field } from './Field.tsx'
import { joinClasses } from './joinClasses.ts'

type SelectProps = Omit<ComponentProps<'select'>, 'id'> & {
  label: ReactNode
  hint?: ReactNode
  error?: string | null | undefined
  fieldClassName?: string
}

/** The browser's own select, dressed: it is what phones, keyboards and screen readers handle best. */
export function Select({ label, hint, error, className, fieldClassName, children, ...rest }: SelectProps) {
  const id = useId()
  return (
    <Field id={id} label={label} hint={hint} error={error} className={fieldClassName}>
      <span className="relative block">
        <select
          id={id}
          className={joinClasses(CONTROL_CLASSES, 'appearance-none truncate pr-9', className)}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(id, hint, error)}
          {...rest}
        >
          {children}
        </select>
        <ChevronDown
          aria-hidden
          className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-ink-soft"
        />
      </span>
    </Field>
  )
}
