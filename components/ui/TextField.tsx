import { type ComponentProps, type ReactNode, useId } from 'react'
import { CONTROL_CLASSES, describedBy, Field } from './Field.tsx'
import { joinClasses } from './joinClasses.ts'

type TextFieldProps = Omit<ComponentProps<'input'>, 'id'> & {
  label: ReactNode
  hint?: ReactNode
  error?: string | null | undefined
  /** For the column that holds label and input; `className` is the input's own. */
  fieldClassName?: string
}

export function TextField({ label, hint, error, className, fieldClassName, ...rest }: TextFieldProps) {
  const id = useId()
  return (
    <Field id={id} label={label} hint={hint} error={error} className={fieldClassName}>
      <input
        id={id}
        type="text"
        className={joinClasses(CONTROL_CLASSES, className)}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
        {...rest}
      />
    </Field>
  )
}
