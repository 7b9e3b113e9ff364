'use client'

import { useEffect, useMemo, useState } from 'react'
import { RemoteAudio } from '#components/call/RemoteAudio.tsx'
import { useStore } from '#components/call/useStore.ts'
import type { CallHandle } from '#lib/call/CallHandle.ts'
import { mayBeRecorded } from '#lib/call/recording/recordedPeople.ts'
import type { RecordingId } from '#lib/protocol/ids.ts'

type RecorderScreenProps = { code: string; recordingId: string }

/** The page that a recorder's browser has open. Nobody looks at it: the film is drawn elsewhere (UnattendedRecording). */
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
  return (
    <main aria-label="Recording" className="fixed inset-0 bg-stage">
      {call !== null && <Playing call={call} />}
    </main>
  )
}

/** Everybody's sound who may be in the film, which has what this page plays. */
function Playing({ call }: { call: CallHandle }) {
  const state = useStore(call.state)
  const room = state.status === 'inCall' ? state.room : null
  const unheard = useMemo(() => {
    const ids = [...(room?.participants.keys() ?? [])]
    return new Set(ids.filter((id) => !mayBeRecorded(room?.recording ?? null, id)))
  }, [room])
  if (state.status !== 'inCall') return null
  return <RemoteAudio participants={state.media.participants} speaker={null} silenced={unheard} />
}
