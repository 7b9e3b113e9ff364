import { TriangleAlert } from 'lucide-react'
import type { LocalMedia } from '#lib/call/callState.ts'
import type { MediaFailure } from '#lib/call/ports.ts'
import { mediaHelp } from './mediaHelp.ts'
import type { Platform } from './platform.ts'

type Kind = 'microphone' | 'camera'

/** One problem, or two: the same reason for both devices is told once. */
function problemsOf(local: LocalMedia): { reason: MediaFailure['reason']; kinds: Kind[] }[] {
  const byReason = new Map<MediaFailure['reason'], Kind[]>()
  for (const kind of ['microphone', 'camera'] as const) {
    const source = local[kind]
    if (source.status !== 'failed') continue
    byReason.set(source.failure.reason, [...(byReason.get(source.failure.reason) ?? []), kind])
  }
  return [...byReason].map(([reason, kinds]) => ({ reason, kinds }))
}

/** Why a device does not work, what that means, and what to do in this browser. */
export function MediaProblems({ local, platform }: { local: LocalMedia; platform: Platform }) {
  return (
    <div role="status" className="space-y-3 empty:hidden">
      {problemsOf(local).map(({ reason, kinds }) => {
        const help = mediaHelp(reason, kinds, platform)
        return (
          <div key={reason} className="flex gap-3 rounded-lg bg-warning-soft px-4 py-3.5 text-sm">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning-ink" />
            <div className="min-w-0">
              <p className="font-semibold text-warning-ink">{help.title}</p>
              <p className="mt-0.5 text-ink-soft">{help.meaning}</p>
              <ol className="mt-2 list-decimal space-y-1 pl-4 text-ink">
                {help.steps.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
            </div>
          </div>
        )
      })}
    </div>
  )
}
