'use client'
import { useEffect, useRef } from 'react'
import { useSelected } from '#components/call/useStore.ts'
import { linkify } from '#components/chat/linkify.ts'
import { Avatar } from '#components/ui/Avatar.tsx'
import { joinClasses } from '#components/ui/joinClasses.ts'
import { clockTime } from '#lib/domain/clockTime.ts'
import type { RecordedMessage } from '#lib/protocol/recordings.ts'
import type { PlayerControl } from './player/PlayerControl.ts'
import { scrollCalmly } from './scrollCalmly.ts'

type ChatColumnProps = {
  control: PlayerControl
  messages: readonly RecordedMessage[]
  /** Whose id decides a name's colour, where the recording knows it. */
  idOf(name: string): string
  /** Its name stands above it, where no tab has it. */
  titled: boolean
}

/** The chat in time with the film: it scrolls along, and a message leads to its moment. */
export function ChatColumn({ control, messages, idOf, titled }: ChatColumnProps) {
  const list = useRef<HTMLOListElement>(null)
  const held = useRef(false)
  const latest = useSelected(control.state, ({ timeMs }) =>
    messages.findLastIndex(({ atMs }) => atMs <= timeMs),
  )
  useEffect(() => {
    const box = list.current
    const line = box?.children[latest]
    // Whoever is reading is not carried away.
    if (!box || !(line instanceof HTMLElement) || held.current) return
    scrollCalmly(box, line.offsetTop - box.clientHeight / 2)
  }, [latest])
  const hold = (value: boolean) => () => {
    held.current = value
  }
  return (
    <section aria-label="Chat" className="flex min-h-0 flex-1 flex-col gap-2">
      {titled && <h2 className="text-sm font-semibold tracking-normal text-ink">Chat</h2>}
      {messages.length === 0 ? (
        <p className="text-sm text-ink-soft">Nobody wrote anything.</p>
      ) : (
        <ol
          ref={list}
          data-scrolls
          onPointerEnter={hold(true)}
          onPointerLeave={hold(false)}
          onFocus={hold(true)}
          onBlur={hold(false)}
          className="relative -mx-2 flex max-h-96 min-h-0 flex-1 flex-col overflow-y-auto lg:max-h-none"
        >
          {messages.map((message, index) => (
            <li key={message.id}>
              <Line
                message={message}
                colourId={idOf(message.author)}
                now={index === latest}
                ahead={index > latest}
                onGo={() => control.seek(message.atMs)}
              />
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

type LineProps = { message: RecordedMessage; colourId: string; now: boolean; ahead: boolean; onGo(): void }

function Line({ message: { author, text, atMs }, colourId, now, ahead, onGo }: LineProps) {
  return (
    <div
      className={joinClasses(
        'flex gap-2.5 rounded-md px-2 py-2 transition-colors',
        now && 'bg-accent-soft',
        ahead && 'text-ink-soft',
      )}
    >
      <Avatar id={colourId} name={author} size="sm" />
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2 text-sm">
          <span className="truncate font-medium">{author}</span>
          <button
            type="button"
            onClick={onGo}
            aria-label={`Go to ${clockTime(atMs)}, when ${author} wrote this`}
            className="focus-ring rounded-xs text-xs text-accent-ink tabular-nums hover:underline touch:min-h-11"
          >
            {clockTime(atMs)}
          </button>
        </p>
        <p className="text-sm wrap-anywhere whitespace-pre-wrap">
          {linkify(text).map((part, index) =>
            part.type === 'link' ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
              <a key={index} href={part.href} target="_blank" rel="noreferrer noopener" className="underline">
                {part.text}
              </a>
            ) : (
              part.text
            ),
          )}
        </p>
      </div>
    </div>
  )
}
