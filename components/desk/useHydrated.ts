'use client'
import { useSyncExternalStore } from 'react'

const never = (): (() => void) => () => {}

/** Whether React has taken the page over. Until then a button that needs it is disabled: no press is lost. */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
