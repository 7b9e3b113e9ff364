'use client'
import { useEffect, useState } from 'react'

const ASK_EVERY_MS = 3_000

/** `closed`: who asks is nobody any more, and may be let in again. `over`: there is nothing for them any more. */
export type Access = 'open' | 'closed' | 'over'

function accessOf(status: number): Access | null {
  if (status === 401) return 'closed'
  if (status === 403 || status === 404 || status === 410) return 'over'
  // A server that is away, or busy, says nothing about access.
  return status < 400 ? 'open' : null
}

/**
 * Whether the film may still be watched. The server stops sending to who has lost access; what has arrived already
 * would play on, so the page asks as well, while somebody looks at it.
 *
 * @param url of the file that plays; null while there is none
 */
export function useAccess(url: string | null): Access {
  const [access, setAccess] = useState<Access>('open')
  const over = access === 'over'
  useEffect(() => {
    if (url === null || over) return
    let current = true
    const ask = async (): Promise<void> => {
      try {
        const { status } = await fetch(url, { method: 'HEAD', cache: 'no-store', credentials: 'same-origin' })
        const said = accessOf(status)
        if (current && said !== null) setAccess(said)
      } catch {
        // Offline: asked again.
      }
    }
    const timer = setInterval(() => void ask(), ASK_EVERY_MS)
    return () => {
      current = false
      clearInterval(timer)
    }
  }, [url, over])
  return access
}
