import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { IconButton } from '#components/ui/IconButton.tsx'

type SidePanelProps = { title: string; onClose(): void; children: ReactNode }

/** Beside the stage where there is room, a sheet over it where there is none. Escape closes it. */
export function SidePanel({ title, onClose, children }: SidePanelProps) {
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    const inside = panel.current
    const first = inside?.querySelector<HTMLElement>('[data-first-focus]') ?? inside?.querySelector('button')
    first?.focus({ preventScroll: true })
    return () => {
      // Only when the focus was in here: a person who has gone on is not called back.
      const lost = document.activeElement === document.body || inside?.contains(document.activeElement)
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    <aside
      ref={panel}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.stopPropagation()
        onClose()
      }}
      className="flex min-h-0 flex-col bg-stage-raised text-stage-ink max-md:fixed max-md:inset-x-0 max-md:bottom-0 max-md:z-30 max-md:h-[min(75dvh,40rem)] max-md:animate-rise-in max-md:rounded-t-xl max-md:pb-[env(safe-area-inset-bottom)] max-md:shadow-3 md:w-[22.5rem] md:shrink-0 md:animate-fade-in md:rounded-xl"
    >
      <header className="flex h-14 shrink-0 items-center justify-between pr-2 pl-5">
        <h2 className="font-semibold">{title}</h2>
        <IconButton
          label={`Close ${title.toLowerCase()}`}
          className="text-stage-ink-soft hover:bg-stage-control hover:text-stage-ink"
          onClick={onClose}
        >
          <X aria-hidden className="size-5" />
        </IconButton>
      </header>
      {children}
    </aside>
  )
}
