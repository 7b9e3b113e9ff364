import { createContext, useContext } from 'react'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { type ReadableStore, Store } from '#lib/store.ts'
import type { ShownReactions } from './reactions.ts'
import { useSelected } from './useStore.ts'

export const Reactions = createContext<ReadableStore<ShownReactions>>(new Store<ShownReactions>(new Map()))

/** Somebody's reaction, on their tile. Announced by the call's live region, so it is decoration here. */
export function ReactionBubble({ id }: { id: ParticipantId }) {
  const reaction = useSelected(useContext(Reactions), (all) => all.get(id) ?? null)
  if (!reaction) return null
  return (
    <span
      key={reaction.number}
      aria-hidden
      className="pointer-events-none absolute right-[8cqw] bottom-[12cqh] animate-rise-in text-[clamp(1.75rem,18cqmin,4.5rem)] drop-shadow-lg"
    >
      {reaction.emoji}
    </span>
  )
}
