'use client'

import { useEffect, useState } from 'react'
import { CallProvider } from '#components/call/CallContext.tsx'
import type { TileActions } from '#components/call/TileMenu.tsx'
import { useStore } from '#components/call/useStore.ts'
import type { CallHandle } from '#lib/call/CallHandle.ts'
import type { RecordingId } from '#lib/protocol/ids.ts'
import { RecorderStage } from './RecorderStage.tsx'

type RecorderScreenProps = { code: string; recordingId: string }

/** The page that a recorder's browser has open. Nobody looks at it but its own recording. */
export function RecorderScreen({ code, recordingId }: RecorderScreenProps) {
  const [call, setCall] = useState<CallHandle | null>(null)
  useEffect(() => {
    let gone = false
    let close: (() => void) | null = null
    void import('./openRecorder.ts').then(({ openRecorder }) => {
      if (gone) return
      // Branded here: the page has it from the session's row.
      const opened = openRecorder(code, recordingId as RecordingId)
      close = opened.close
      setCall(opened.call)
    })
    return () => {
      gone = true
      close?.()
    }
  }, [code, recordingId])
  if (call === null) return <Dark />
  return (
    <CallProvider call={call}>
      <Recorded call={call} />
    </CallProvider>
  )
}

function Recorded({ call }: { call: CallHandle }) {
  const state = useStore(call.state)
  if (state.status !== 'inCall') return <Dark />
  return <RecorderStage state={state} actions={NO_ACTIONS} />
}

const Dark = () => <main aria-label="Recording" className="fixed inset-0 bg-stage" />

const nothing = (): void => undefined
/** Nobody points at anything here. */
const NO_ACTIONS: TileActions = {
  self: { role: 'recorder', coHost: false },
  togglePin: nothing,
  toggleSilence: nothing,
  toggleFullScreen: nothing,
  mute: nothing,
  lowerHand: nothing,
  setCoHost: nothing,
  askToRemove: nothing,
}
