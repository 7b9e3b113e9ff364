'use client'
import { Scissors } from 'lucide-react'
import { useState } from 'react'
import { useStore } from '#components/call/useStore.ts'
import { requestJson } from '#components/desk/requestJson.ts'
import { Button } from '#components/ui/Button.tsx'
import { showToast } from '#components/ui/showToast.ts'
import { clockTime } from '#lib/domain/clockTime.ts'
import { SHORTEST_CLIP_MS } from '#lib/protocol/viewing.ts'
import type { PlayerControl } from './player/PlayerControl.ts'
import type { ClipMarks } from './Timeline.tsx'

type Made = { readonly clip: { readonly fileId: string } }

type ClipPanelProps = {
  id: string
  control: PlayerControl
  marks: ClipMarks
  onMarks(marks: ClipMarks): void
  onClose(): void
  /** @param fileId of the clip */
  onMade(fileId: string): void
}

/** From here to there as a file of its own: both ends are set where the film stands. */
export function ClipPanel({ id, control, marks, onMarks, onClose, onMade }: ClipPanelProps) {
  const { timeMs } = useStore(control.state)
  const [busy, setBusy] = useState(false)
  const lengthMs = marks.toMs - marks.fromMs
  const tooShort = lengthMs < SHORTEST_CLIP_MS
  const make = async (): Promise<void> => {
    if (tooShort) return
    setBusy(true)
    const body = { fromMs: Math.floor(marks.fromMs), toMs: Math.floor(marks.toMs) }
    const made = await requestJson<Made>(`/api/recordings/${id}/clips`, { method: 'POST', body })
    setBusy(false)
    if (!made.ok) return showToast(made.error.message, { tone: 'danger' })
    showToast('The clip is ready. You find it below, under Clips.', { tone: 'success' })
    onMade(made.value.clip.fileId)
  }
  return (
    <section
      aria-label="Clip"
      className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-3 rounded-lg border border-line bg-surface p-3 shadow-1 sm:px-4"
    >
      <Scissors aria-hidden className="size-4 text-ink-soft max-sm:hidden" />
      <Button
        size="sm"
        onClick={() => onMarks({ fromMs: timeMs, toMs: Math.max(marks.toMs, timeMs) })}
        aria-label={`Set start to ${clockTime(timeMs)}`}
      >
        Set start
      </Button>
      <button
        type="button"
        aria-label={`Start ${clockTime(marks.fromMs)}: go there`}
        onClick={() => control.seek(marks.fromMs)}
        className="focus-ring rounded-xs text-sm font-medium tabular-nums hover:underline"
      >
        {clockTime(marks.fromMs)}
      </button>
      <span aria-hidden className="text-ink-soft">
        –
      </span>
      <button
        type="button"
        aria-label={`End ${clockTime(marks.toMs)}: go there`}
        onClick={() => control.seek(marks.toMs)}
        className="focus-ring rounded-xs text-sm font-medium tabular-nums hover:underline"
      >
        {clockTime(marks.toMs)}
      </button>
      <Button
        size="sm"
        onClick={() => onMarks({ fromMs: Math.min(marks.fromMs, timeMs), toMs: timeMs })}
        aria-label={`Set end to ${clockTime(timeMs)}`}
      >
        Set end
      </Button>
      <p role="status" className="text-sm text-ink-soft">
        {tooShort ? 'A clip lasts at least a second.' : `Lasts ${clockTime(lengthMs)}`}
      </p>
      <div className="ml-auto flex gap-2">
        <Button size="sm" variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button size="sm" variant="primary" loading={busy} disabled={tooShort} onClick={() => void make()}>
          Make clip
        </Button>
      </div>
    </section>
  )
}
