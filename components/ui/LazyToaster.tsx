'use client'
import { lazy, Suspense, useEffect, useState } from 'react'
import { toasts } from './showToast.ts'

/** What draws toasts comes with the first one: 10 kB that no page has to wait for. */
const Toaster = lazy(async () => ({ default: (await import('./Toaster.tsx')).Toaster }))

/** The `Toaster`, from the first toast on. It stays then: its live region must outlive the toast that it reads. */
export function LazyToaster() {
  const [needed, setNeeded] = useState(false)
  useEffect(() => {
    const look = (): void => {
      if (toasts.get().length > 0) setNeeded(true)
    }
    look()
    return toasts.subscribe(look)
  }, [])
  return needed ? (
    <Suspense>
      <Toaster />
    </Suspense>
  ) : null
}
