import type { ReactNode } from 'react'

type PageHeadingProps = { title: string; children?: ReactNode; actions?: ReactNode }

/** The page's name, one line about it, and what one can do here. */
export function PageHeading({ title, children, actions }: PageHeadingProps) {
  return (
    <div className="mb-8 flex flex-col gap-5 sm:flex-row sm:items-end sm:justify-between">
      <div className="min-w-0">
        <h1 className="text-3xl font-semibold text-ink">{title}</h1>
        {children && <p className="mt-2 text-ink-soft">{children}</p>}
      </div>
      {actions && <div className="flex shrink-0 flex-wrap gap-3">{actions}</div>}
    </div>
  )
}
