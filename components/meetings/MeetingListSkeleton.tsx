/** Lines that stand where meetings will: as high, and read as one word. */
export function MeetingListSkeleton({ rows = 3 }: { rows?: number }) {
  const lines = Array.from({ length: rows }, (_, index) => `line-${index}`)
  return (
    <div role="status" aria-label="Loading meetings">
      <div className="mb-2.5 h-5" />
      <div
        aria-hidden
        className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface shadow-1"
      >
        {lines.map((line) => (
          <div key={line} className="flex h-[4.5rem] items-center gap-6 px-4 sm:px-5">
            <span className="h-3.5 w-24 animate-breathe rounded-xs bg-line" />
            <span className="h-3.5 w-48 max-w-[40%] animate-breathe rounded-xs bg-line" />
          </div>
        ))}
      </div>
    </div>
  )
}
