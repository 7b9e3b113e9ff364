'use client'
import { type ComponentType, useEffect, useState } from 'react'
import { toasts } from './showToast.ts'

/** What draws toasts comes with the first one: 10 kB that no page has to wait for. */
const loadToaster = () => import('./Toaster.tsx')

/** The `Toaster`, from the first toast on. It stays then: its live region must outlive the toast that it reads. */
export function LazyToaster() {
  const [Toaster, setToaster] = useState<ComponentType | null>(null)
  useEffect(() => {
    let open = true
    const look = (): void => {
      if (toasts.get().length === 0) return
      loadToaster().then(
        (loaded) => {
          if (open) setToaster(() => loaded.Toaster)
        },
        // A server that is away cannot send it, and a call goes on without: the next toast asks again.
        () => undefined,
      )
    }
    look()
    const stop = toasts.subscribe(look)
    return () => {
      open = false
      stop()
    }
  }, [])
  return Toaster === null ? null : <Toaster />
}
