'use client'
import { CircleAlert, CircleCheck, X } from 'lucide-react'
import * as Radix from 'radix-ui/toast'
import { useSyncExternalStore } from 'react'
import { IconButton } from './IconButton.tsx'
import { dismissToast, type Toast, toasts } from './showToast.ts'

const NONE: readonly Toast[] = []

/**
 * Shows what `showToast` was told, and reads it to screen readers. Once, in the root layout. One at a time, the newest:
 * what it covers is seen again when it has gone, if its own time is not over. Side by side they would push each other. On a
 * narrow screen it is above while a dialog is open, whose buttons are below.
 */
export function Toaster() {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.get, () => NONE)
  return (
    <Radix.Provider swipeDirection="down" label="Notice">
      {shown.map((toast) => (
        <ToastLine key={toast.id} toast={toast} />
      ))}
      <Radix.Viewport
        label="Notices ({hotkey})"
        className="pointer-events-none fixed inset-0 z-60 m-auto grid w-full max-w-md items-end justify-items-center p-4 pb-[calc(env(safe-area-inset-bottom)+1rem)] outline-none [:has([data-stage])_&]:bottom-17 max-sm:[:has([role=dialog])_&]:items-start"
      />
    </Radix.Provider>
  )
}

function ToastLine({ toast }: { toast: Toast }) {
  return (
    <Radix.Root
      type={toast.tone === 'danger' ? 'foreground' : 'background'}
      duration={toast.durationMs}
      onOpenChange={(open) => !open && dismissToast(toast.id)}
      className="pointer-events-auto col-start-1 row-start-1 flex min-h-11 w-fit max-w-full animate-rise-in items-center gap-2.5 rounded-lg bg-ink py-1.5 pr-1.5 pl-4 text-sm font-medium text-paper shadow-3 not-last:invisible focus-visible:outline-offset-2"
    >
      {toast.tone === 'success' && <CircleCheck aria-hidden className="size-4 shrink-0" />}
      {toast.tone === 'danger' && <CircleAlert aria-hidden className="size-4 shrink-0" />}
      <Radix.Description className="min-w-0 py-1">{toast.text}</Radix.Description>
      {toast.action && (
        <Radix.Action asChild altText={toast.action.label}>
          <button
            type="button"
            onClick={toast.action.run}
            className="focus-ring min-h-8 shrink-0 rounded-sm px-2 font-semibold underline underline-offset-2 hover:bg-paper/15 touch:min-h-11"
          >
            {toast.action.label}
          </button>
        </Radix.Action>
      )}
      <Radix.Close asChild>
        <IconButton label="Dismiss" size="sm" className="text-paper/70 hover:bg-paper/15 hover:text-paper">
          <X aria-hidden className="size-4" />
        </IconButton>
      </Radix.Close>
    </Radix.Root>
  )
}
