import type { ComponentProps } from 'react'
import { type ButtonSize, type ButtonVariant, buttonClasses } from './buttonClasses.ts'

type IconButtonProps = Omit<ComponentProps<'button'>, 'aria-label'> & {
  /** What it does: the accessible name. Wrap it in a Tooltip for people who see. */
  label: string
  variant?: ButtonVariant
  size?: ButtonSize
}

export function IconButton({
  label,
  variant = 'ghost',
  size,
  className,
  children,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      className={buttonClasses({ variant, size, icon: true, className })}
      {...rest}
    >
      {children}
    </button>
  )
}
