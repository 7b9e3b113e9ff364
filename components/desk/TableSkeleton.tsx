const LINES = ['first', 'second', 'third', 'fourth'] as const

/** Stands where a table will, while it loads. */
export function TableSkeleton() {
  return (
    <div
      role="status"
      aria-label="Loading"
      className="overflow-hidden rounded-lg border border-line bg-surface shadow-1"
    >
      {LINES.map((line) => (
        <div
          key={line}
          aria-hidden
          className="flex h-15 items-center gap-8 border-t border-line px-4 first:border-t-0 sm:px-5"
        >
          <span className="h-3.5 w-40 animate-breathe rounded-xs bg-line" />
          <span className="h-3.5 w-24 animate-breathe rounded-xs bg-line max-sm:hidden" />
          <span className="h-3.5 w-20 animate-breathe rounded-xs bg-line" />
        </div>
      ))}
    </div>
  )
}
