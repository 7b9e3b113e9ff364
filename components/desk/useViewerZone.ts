'use client'
import { useSyncExternalStore } from 'react'

const never = (): (() => void) => () => {}
const viewerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** The time zone of who looks; null on the server and while hydrating, where nobody knows it yet. */
export const useViewerZone = (): string | null => useSyncExternalStore(never, viewerZone, () => null)
