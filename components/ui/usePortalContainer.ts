'use client'
import { useSyncExternalStore } from 'react'

function onChange(listener: () => void): () => void {
  document.addEventListener('fullscreenchange', listener)
  return () => document.removeEventListener('fullscreenchange', listener)
}

/** Where what floats goes: while an element is on the whole screen nothing outside of it is seen. Null: the page. */
export const usePortalContainer = (): Element | null =>
  useSyncExternalStore(
    onChange,
    () => document.fullscreenElement ?? null,
    () => null,
  )
