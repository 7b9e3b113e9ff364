'use client'

import { createContext, type ReactNode, useContext } from 'react'
import type { CallHandle } from '#lib/call/CallHandle.ts'

const Context = createContext<CallHandle | null>(null)

export function CallProvider({ call, children }: { call: CallHandle; children: ReactNode }) {
  return <Context value={call}>{children}</Context>
}

/** The call this screen shows. */
export function useCall(): CallHandle {
  const call = useContext(Context)
  if (!call) throw new Error('useCall outside a CallProvider')
  return call
}
