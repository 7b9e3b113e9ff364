'use client'

import { useEffect } from 'react'

/** The page on which a recorder's browser records nothing, and sends what another one in its folder has left. */
export function LeftoversScreen() {
  useEffect(() => {
    void import('./openLeftovers.ts').then(({ openLeftovers }) => openLeftovers())
  }, [])
  return <main aria-label="Recording" className="fixed inset-0 bg-stage" />
}
