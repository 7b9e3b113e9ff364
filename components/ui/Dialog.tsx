'use client'
import { X } from 'lucide-react'
import * as Radix from 'radix-ui/dialog'
import type { ReactNode } from 'react'
import { allowInjectedStyles } from './allowInjectedStyles.ts'
import { IconButton } from './IconButton.tsx'
import { joinClasses } from './joinClasses.ts'

type DialogProps = {
  open: boolean
  onOpenChange(open: boolean): void
  title: string
  description?: ReactNode
  /** The buttons at its foot, the safe one first. */
  actions?: ReactNode
  size?: 'sm' | 'md' | 'lg'
  children?: ReactNode
}

const WIDTHS = { sm: 'sm:max-w-md', md: 'sm:max-w-xl', lg: 'sm:max-w-3xl' } as const

/** Modal: focus stays inside and returns to where it came from; Escape closes. A sheet from below on a phone. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  actions,
  size = 'sm',
  children,
}: DialogProps) {
  if (open) allowInjectedStyles()
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={joinClasses(
            'fixed inset-x-0 bottom-0 z-50 flex max-h-[92dvh] animate-rise-in flex-col rounded-t-xl bg-raised shadow-3',
            'pb-[env(safe-area-inset-bottom)] outline-none',
            'sm:inset-0 sm:m-auto sm:h-fit sm:max-h-[86dvh] sm:w-[calc(100vw-3rem)] sm:animate-pop-in sm:rounded-xl sm:pb-0',
            WIDTHS[size],
          )}
        >
          <header className="p-6 pr-14 pb-0">
            <div>
              <Radix.Title className="text-lg font-semibold text-ink">{title}</Radix.Title>
              {description && (
                <Radix.Description className="mt-1.5 text-sm text-ink-soft">{description}</Radix.Description>
              )}
            </div>
          </header>
          {children && <div className="min-h-0 flex-1 overflow-y-auto px-6 pt-5">{children}</div>}
          {actions ? (
            <footer className="flex flex-col-reverse gap-2 p-6 sm:flex-row sm:justify-end">{actions}</footer>
          ) : (
            <div className="h-6 shrink-0" />
          )}
          {/* Last in the tab order: the focus begins with what the dialog is about, or with its safe button. */}
          <Radix.Close asChild>
            <IconButton label="Close" size="sm" className="absolute top-5 right-4 touch:top-3 touch:right-3">
              <X aria-hidden className="size-4" />
            </IconButton>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
