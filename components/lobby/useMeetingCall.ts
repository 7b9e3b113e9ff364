import { useEffect, useState } from 'react'
import type { CallHandle } from '#lib/call/CallHandle.ts'
import type { ErrorCode } from '#lib/protocol/errors.ts'
import type { IceServer } from '#lib/protocol/events.ts'
import { type OpenCall, OpenCallError } from './openCall.ts'

type MeetingCall = {
  /** Null until it is open. */
  readonly call: CallHandle | null
  readonly failed: ErrorCode | null
}

/** Opens one call per attempt, and closes it with the page: a camera light must not outlive what it was for. */
export function useMeetingCall(input: {
  openCall: OpenCall
  code: string
  guest: boolean
  openIceServers: readonly IceServer[] | null
  attempt: number
}): MeetingCall {
  const { openCall, code, guest, openIceServers, attempt } = input
  const [opened, setOpened] = useState<MeetingCall>({ call: null, failed: null })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt is a call of its own
  useEffect(() => {
    let gone = false
    let mine: CallHandle | null = null
    setOpened({ call: null, failed: null })
    openCall({ code, guest, name: null, openIceServers }).then(
      (call) => {
        if (gone) return call.close()
        mine = call
        setOpened({ call, failed: null })
        void call.prepare()
      },
      (error: unknown) => {
        if (!gone) setOpened({ call: null, failed: codeOf(error) })
      },
    )
    return () => {
      gone = true
      mine?.close()
    }
  }, [openCall, code, guest, attempt])
  return opened
}

const codeOf = (error: unknown): ErrorCode => (error instanceof OpenCallError ? error.code : 'timeout')
