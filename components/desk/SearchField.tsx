'use client'
import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { CONTROL_CLASSES } from '#components/ui/Field.tsx'
import { joinClasses } from '#components/ui/joinClasses.ts'

const PAUSE_MS = 250

/** Searches once the person pauses. */
export function SearchField({ label, onSearch }: { label: string; onSearch(query: string): void }) {
  // Null until something is typed: the list that is there needs no search.
  const [text, setText] = useState<string | null>(null)
  useEffect(() => {
    if (text === null) return
    const timer = setTimeout(() => onSearch(text.trim()), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text, onSearch])
  return (
    <div className="relative mb-4 sm:max-w-sm">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-faint"
      />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        maxLength={200}
        value={text ?? ''}
        onChange={(event) => setText(event.currentTarget.value)}
        className={joinClasses(CONTROL_CLASSES, 'pl-9')}
      />
    </div>
  )
}
