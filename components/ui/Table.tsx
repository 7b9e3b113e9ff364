import type { ComponentProps, ReactNode } from 'react'
import { joinClasses } from './joinClasses.ts'

/** A table named `label`. Too wide for the screen, it scrolls by itself and the page does not. */
export function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="-mx-4 overflow-x-auto px-4 sm:mx-0 sm:px-0">
      <table aria-label={label} className="w-full border-collapse text-left text-sm">
        {children}
      </table>
    </div>
  )
}

export function TableHead({ children, className, ...rest }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      className={joinClasses(
        'border-b border-line py-2.5 pr-4 text-xs font-medium whitespace-nowrap text-ink-soft',
        className,
      )}
      {...rest}
    >
      {children}
    </th>
  )
}

export function TableCell({ className, ...rest }: ComponentProps<'td'>) {
  return (
    <td
      className={joinClasses('border-b border-line py-3 pr-4 align-middle last:pr-0', className)}
      {...rest}
    />
  )
}
