import { Check } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'

type CheckboxProps = Omit<ComponentProps<'input'>, 'id' | 'type'> & { label: ReactNode }

export function Checkbox({ label, ...rest }: CheckboxProps) {
  const id = useId()
  return (
    <div className="flex items-center gap-2.5 touch:min-h-11">
      <span className="relative inline-flex">
        <input
          id={id}
          type="checkbox"
          className="peer size-5 cursor-pointer appearance-none rounded-xs border border-line-strong bg-surface transition-colors checked:border-accent checked:bg-accent"
          {...rest}
        />
        <Check
          aria-hidden
          className="pointer-events-none absolute inset-0 m-auto size-3.5 text-on-accent opacity-0 peer-checked:opacity-100"
        />
      </span>
      <label htmlFor={id} className="text-sm text-ink">
        {label}
      </label>
    </div>
  )
}
