import { useEffect, useState } from 'react'
import type { ChatMessage } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'

/** How many messages of others came since the chat was last open. What was there on joining counts as read. */
export function useUnread(chat: readonly ChatMessage[], self: ParticipantId, open: boolean): number {
  const newest = chat.at(-1)?.seq ?? 0
  const [seen, setSeen] = useState(newest)
  useEffect(() => {
    if (open) setSeen(newest)
  }, [open, newest])
  if (open) return 0
  return chat.filter((message) => message.seq > seen && message.from !== self).length
}
