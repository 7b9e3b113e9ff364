import { useEffect, useRef } from 'react'
import type { CallHandle } from '#lib/call/CallHandle.ts'

/** How loud our microphone is. Written straight to the style: sound changes too often for renders. */
export function LevelMeter({ call, on }: { call: CallHandle | null; on: boolean }) {
  const bar = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    if (!call || !on) return
    const draw = (): void => {
      // Square root: speech stays near the lower end of a linear scale.
      const share = Math.min(1, Math.sqrt(call.ownLevel.get()) * 1.4)
      if (bar.current) bar.current.style.transform = `scaleX(${share.toFixed(3)})`
    }
    draw()
    const end = call.ownLevel.subscribe(draw)
    const element = bar.current
    return () => {
      end()
      if (element) element.style.transform = ''
    }
  }, [call, on])
  return (
    <div aria-hidden data-level-meter className="h-1.5 overflow-hidden rounded-full bg-stage-control">
      <span
        ref={bar}
        className="block size-full origin-left rounded-full bg-stage-success [transform:scaleX(0)]"
      />
    </div>
  )
}
