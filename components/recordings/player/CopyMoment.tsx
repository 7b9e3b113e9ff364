'use client'
import { Link2 } from 'lucide-react'
import { copyText } from '#components/desk/copyText.ts'
import { showToast } from '#components/ui/showToast.ts'
import { Tooltip } from '#components/ui/Tooltip.tsx'
import { clockTime } from '#lib/domain/clockTime.ts'
import { momentFragment } from '#lib/domain/momentLink.ts'

/** The page's own address, which for a link's holder is their link, with where the film is. */
async function copy(timeMs: number): Promise<void> {
  const { origin, pathname } = window.location
  if (await copyText(`${origin}${pathname}${momentFragment(timeMs)}`))
    return showToast(`Link copied. It begins at ${clockTime(timeMs)}.`, { tone: 'success', durationMs: 2500 })
  showToast('Your browser does not let this page use the clipboard.', { tone: 'danger' })
}

export function CopyMoment({ timeMs, className }: { timeMs: number; className: string }) {
  const label = `Copy link at ${clockTime(timeMs)}`
  return (
    <Tooltip content="Copy link to this moment">
      <button type="button" aria-label={label} onClick={() => void copy(timeMs)} className={className}>
        <Link2 aria-hidden />
      </button>
    </Tooltip>
  )
}
