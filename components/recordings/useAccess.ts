'use client'
import { useEffect, useState } from 'react'

const ASK_EVERY_MS = 3_000

/**
 * Whether the film may still be watched. The server stops sending to who has lost access; what has arrived already
 * would play on, so the page asks as well, while somebody looks at it.
 *
 * @param url of the file that plays; null while there is none
 */
export function useAccess(url: string | null): boolean {
  const [allowed, setAllowed] = useState(true)
  useEffect(() => {
    if (url === null || !allowed) return
    let current = true
    const ask = async (): Promise<void> => {
      try {
        const { status } = await fetch(url, { method: 'HEAD', cache: 'no-store', credentials: 'same-origin' })
        // A server that is away, or busy, says nothing about access.
        if (current && [401, 403, 404, 410].includes(status)) setAllowed(false)
      } catch {
        // Offline: asked again.
      }
    }
    const timer = setInterval(() => void ask(), ASK_EVERY_MS)
    return () => {
      current = false
      clearInterval(timer)
    }
  }, [url, allowed])
  return allowed
}
