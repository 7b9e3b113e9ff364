import { CircleAlert } from 'lucide-react'
import { memo } from 'react'
import { useCall } from '#components/call/CallContext.tsx'
import { joinClasses } from '#components/ui/joinClasses.ts'
import type { PendingMessage } from '#lib/call/callState.ts'
import type { ChatMessage } from '#lib/protocol/events.ts'
import { linkify } from './linkify.ts'

type MessageProps = { message: ChatMessage; own: boolean; grouped: boolean }

const timeOf = (sentAtMs: number): string =>
  new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }).format(sentAtMs)

export const Message = memo(function Message({ message, own, grouped }: MessageProps) {
  return (
    <article className={grouped ? 'mt-1' : 'mt-4'}>
      <header className={grouped ? 'sr-only' : 'mb-0.5 flex items-baseline gap-2 text-sm'}>
        <span className="min-w-0 truncate font-semibold">{own ? 'You' : message.authorName}</span>
        <time
          dateTime={new Date(message.sentAt).toISOString()}
          className="shrink-0 text-xs text-stage-ink-soft tabular-nums"
        >
          {timeOf(message.sentAt)}
        </time>
      </header>
      <MessageText text={message.text} />
    </article>
  )
})

/** A message of ours that the server does not have yet. */
export function OwnPendingMessage({ message }: { message: PendingMessage }) {
  const call = useCall()
  const failed = message.status === 'failed'
  return (
    <article className="mt-4">
      <header className="mb-0.5 flex items-baseline gap-2 text-sm">
        <span className="font-semibold">You</span>
        {!failed && <span className="text-xs text-stage-ink-soft">Sending…</span>}
      </header>
      <div className={joinClasses(!failed && 'opacity-60')}>
        <MessageText text={message.text} />
      </div>
      {failed && (
        <p className="mt-1 flex items-center gap-1.5 text-xs text-stage-danger-ink">
          <CircleAlert aria-hidden className="size-3.5" />
          Not sent.
          <button
            type="button"
            className="focus-ring min-h-6 rounded-xs font-semibold underline underline-offset-2 touch:min-h-11"
            onClick={() => void call.retryMessage(message.id)}
          >
            Try again
          </button>
        </p>
      )}
    </article>
  )
}

function MessageText({ text }: { text: string }) {
  let at = 0
  return (
    <p className="text-sm leading-relaxed [overflow-wrap:anywhere] whitespace-pre-wrap">
      {linkify(text).map((part) => {
        const key = at
        at += part.text.length
        return part.type === 'text' ? (
          <span key={key}>{part.text}</span>
        ) : (
          <a
            key={key}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            className="text-stage-accent underline underline-offset-2"
          >
            {part.text}
          </a>
        )
      })}
    </p>
  )
}
