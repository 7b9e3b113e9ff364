'use client'
import { useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { showToast } from '#components/ui/showToast.ts'
import { MAX_TRANSCRIPT_BYTES } from '#lib/protocol/viewing.ts'

const TOO_LARGE = 'This file is larger than 2 MiB, which is more than captions of a day need.'

/** Brings a file of captions to the server. @param path where this recording's transcript is */
export function useTranscriptUpload(path: string, onAdded: () => void) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const upload = async (file: File): Promise<void> => {
    if (file.size > MAX_TRANSCRIPT_BYTES) return setError(TOO_LARGE)
    setBusy(true)
    setError(null)
    // By its name: what browsers know of the type of such a file differs.
    const type = /\.srt$/i.test(file.name) ? 'application/x-subrip' : 'text/vtt'
    const added = await requestJson(path, { method: 'PUT', file: new Blob([file], { type }) })
    setBusy(false)
    if (!added.ok) return setError(added.error.message)
    showToast('The transcript was added.', { tone: 'success' })
    onAdded()
  }
  return { busy, error, upload }
}
