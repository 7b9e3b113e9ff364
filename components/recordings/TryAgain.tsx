'use client'
import { useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { Button } from '#components/ui/Button.tsx'
import { showToast } from '#components/ui/showToast.ts'

/** Has what is left of a recording put together once more, after it was given up. */
export function TryAgain({ id, onTriedAgain }: { id: string; onTriedAgain(): void }) {
  const [busy, setBusy] = useState(false)
  const tryAgain = async (): Promise<void> => {
    setBusy(true)
    const begun = await requestJson(`/api/recordings/${id}/finish`, { method: 'POST' })
    setBusy(false)
    // Begun elsewhere meanwhile is begun all the same: the page says how it is.
    if (!begun.ok && begun.error.status !== 409) return showToast(begun.error.message, { tone: 'danger' })
    onTriedAgain()
  }
  return (
    <Button loading={busy} onClick={() => void tryAgain()}>
      Try again
    </Button>
  )
}
