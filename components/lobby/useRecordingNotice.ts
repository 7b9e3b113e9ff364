import { useEffect, useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import type { RecordingNotice } from '#lib/domain/recordingPolicy.ts'

const REFRESH_MS = 10_000

/**
 * Whether the meeting is recorded, as long as we have not joined: what the page came with, looked at again. Not known
 * for a moment, what was known stands.
 *
 * @param outside we are in the green room or at the door: inside, the call itself says it
 */
export function useRecordingNotice(
  code: string,
  initial: RecordingNotice,
  outside: boolean,
): RecordingNotice {
  const [notice, setNotice] = useState(initial)
  useEffect(() => {
    if (!outside) return
    let over = false
    const look = async (): Promise<void> => {
      if (document.visibilityState === 'hidden') return
      const answer = await requestJson<{ recording: RecordingNotice }>(
        `/api/m/${encodeURIComponent(code)}/recording`,
      )
      if (over) return
      if (answer.ok) setNotice(answer.value.recording)
      // An ended meeting, before its host: nothing is to be asked of it.
      else if (answer.error.status === 404) clearInterval(timer)
    }
    const timer = setInterval(() => void look(), REFRESH_MS)
    return () => {
      over = true
      clearInterval(timer)
    }
  }, [code, outside])
  return notice
}
