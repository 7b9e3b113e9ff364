import type { CallHandle } from '#lib/call/CallHandle.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { type ReadableStore, Store } from '#lib/store.ts'

type ShownReaction = { readonly emoji: string; readonly number: number }
export type ShownReactions = ReadonlyMap<ParticipantId, ShownReaction>

const SHOWN_MS = 3_000

type FollowedReactions = {
  readonly shown: ReadableStore<ShownReactions>
  /** Follows the call until the returned function is called. */
  start(): () => void
}

/** Each person's latest reaction, for three seconds. */
export function followReactions(call: CallHandle): FollowedReactions {
  const shown = new Store<ShownReactions>(new Map())
  let number = 0

  const show = (from: ParticipantId, emoji: string): (() => void) => {
    number += 1
    const mine = number
    shown.update((now) => new Map(now).set(from, { emoji, number: mine }))
    return () =>
      shown.update((now) => {
        if (now.get(from)?.number !== mine) return now
        const rest = new Map(now)
        rest.delete(from)
        return rest
      })
  }

  const start = (): (() => void) => {
    const timers = new Set<ReturnType<typeof setTimeout>>()
    const end = call.onNotice((notice) => {
      if (notice.type !== 'reaction') return
      const hide = show(notice.from, notice.emoji)
      const timer = setTimeout(() => {
        timers.delete(timer)
        hide()
      }, SHOWN_MS)
      timers.add(timer)
    })
    return () => {
      end()
      for (const timer of timers) clearTimeout(timer)
    }
  }
  return { shown, start }
}
