'use client'
import * as Radix from 'radix-ui/tooltip'
import type { ReactNode } from 'react'
import { usePortalContainer } from './usePortalContainer.ts'

type TooltipProps = {
  /** What the person sees; not the accessible name, which the button already has. */
  content: ReactNode
  shortcut?: string
  side?: 'top' | 'bottom' | 'left' | 'right'
  children: ReactNode
}

export function Tooltip({ content, shortcut, side = 'top', children }: TooltipProps) {
  const container = usePortalContainer()
  return (
    <Radix.Provider delayDuration={350} skipDelayDuration={200} disableHoverableContent>
      <Radix.Root>
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Portal container={container}>
          <Radix.Content
            side={side}
            sideOffset={8}
            collisionPadding={8}
            className="pointer-events-none z-50 flex animate-fade-in items-center gap-2 rounded-sm bg-ink px-2.5 py-1.5 text-xs font-medium text-paper shadow-2"
          >
            {content}
            {shortcut && <kbd className="font-sans opacity-70">{shortcut}</kbd>}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  )
}
