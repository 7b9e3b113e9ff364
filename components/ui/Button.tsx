import type { ComponentProps } from 'react'
import { type ButtonSize, type ButtonVariant, buttonClasses } from './buttonClasses.ts'
import { Spinner } from './Spinner.tsx'

type ButtonProps = ComponentProps<'button'> & {
  variant?: ButtonVariant
  size?: ButtonSize
  /** Under way: shows it, and ignores presses without losing the focus. The name stays the same. */
  loading?: boolean
}

/** A button. `type="button"` unless said otherwise, so that none sends a form by accident. */
export function Button({ variant, size, loading, className, children, onClick, type, ...rest }: ButtonProps) {
  return (
    <button
      type={loading ? 'button' : (type ?? 'button')}
      className={buttonClasses({ variant, size, className })}
      aria-disabled={loading || undefined}
      aria-busy={loading || undefined}
      onClick={loading ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {loading && <Spinner />}
      {children}
    </button>
  )
}
