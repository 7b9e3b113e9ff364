import { MessageSquare } from 'lucide-react'
import { type RefObject, useLayoutEffect, useRef } from 'react'
import type { PendingMessage } from '#lib/call/callState.ts'
import type { ChatMessage } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { ChatComposer } from './ChatComposer.tsx'
import { Message, OwnPendingMessage } from './Message.tsx'

type ChatPanelProps = {
  chat: readonly ChatMessage[]
  pending: readonly PendingMessage[]
  self: ParticipantId
  /** What was written and not sent; outlives the panel. */
  draft: RefObject<string>
  /** The host allows us to write. */
  mayWrite: boolean
}

/** Within this time the next message of the same person goes without their name. */
const GROUP_MS = 2 * 60_000
/** Nearer to the end than this (px), new messages are followed. */
const FOLLOW_PX = 80

export function ChatPanel({ chat, pending, self, draft, mayWrite }: ChatPanelProps) {
  const log = useRef<HTMLDivElement>(null)
  const following = useRef(true)
  const newest = `${chat.at(-1)?.id} ${pending.length}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer message is what it is for
  useLayoutEffect(() => {
    const element = log.current
    if (element && following.current) element.scrollTop = element.scrollHeight
  }, [newest])

  return (
    <>
      <div
        ref={log}
        role="log"
        aria-label="Chat messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget
          following.current = scrollHeight - scrollTop - clientHeight < FOLLOW_PX
        }}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 pb-2 outline-offset-[-2px]"
      >
        {chat.length === 0 && pending.length === 0 && (
          <div className="flex h-full flex-col items-center justify-center gap-3 text-center text-sm text-stage-ink-soft">
            <MessageSquare aria-hidden className="size-7" />
            <p className="max-w-56">No messages yet. Everyone in the call reads what is written here.</p>
          </div>
        )}
        {chat.map((message, index) => {
          const before = chat[index - 1]
          const grouped =
            before !== undefined &&
            before.from === message.from &&
            before.authorName === message.authorName &&
            message.sentAt - before.sentAt < GROUP_MS
          return <Message key={message.id} message={message} own={message.from === self} grouped={grouped} />
        })}
        {pending.map((message) => (
          <OwnPendingMessage key={message.id} message={message} />
        ))}
      </div>
      {mayWrite ? (
        <ChatComposer draft={draft} />
      ) : (
        <p className="m-3 shrink-0 rounded-lg bg-stage-control px-4 py-3 text-center text-sm text-stage-ink-soft">
          Only the host and co-hosts can write now.
        </p>
      )}
    </>
  )
}
