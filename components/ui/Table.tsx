import type { ComponentProps, ReactNode } from 'react'
import { joinClasses } from './joinClasses.ts'

/**
 * A table named `label`. Too wide for the screen, it scrolls by itself and the page does not; a column of less weight
 * is left out on a narrow one (`TableHead` and `TableCell` with `wide`).
 */
export function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface shadow-1">
      <table aria-label={label} className="w-full border-collapse text-left text-sm">
        {children}
      </table>
    </div>
  )
}

type Wide = {
  /** Only where there is room: its content also stands in the first column, or matters less. */
  wide?: boolean
}

export function TableHead({ children, className, wide, ...rest }: ComponentProps<'th'> & Wide) {
  return (
    <th
      scope="col"
      className={joinClasses(
        'border-b border-line px-3 py-2.5 text-xs font-medium whitespace-nowrap text-ink-soft first:pl-4 last:pr-4 sm:first:pl-5',
        wide && 'max-sm:hidden',
        className,
      )}
      {...rest}
    >
      {children}
    </th>
  )
}

export function TableCell({ className, wide, ...rest }: ComponentProps<'td'> & Wide) {
  return (
    <td
      className={joinClasses(
        'border-b border-line px-3 py-3 align-middle first:pl-4 last:pr-3 in-[tr:last-child]:border-b-0 sm:first:pl-5',
        wide && 'max-sm:hidden',
        className,
      )}
      {...rest}
    />
  )
}
