import { SendHorizontal } from 'lucide-react'
import { type RefObject, useId, useLayoutEffect, useRef, useState } from 'react'
import { useCall } from '#components/call/CallContext.tsx'
import { IconButton } from '#components/ui/IconButton.tsx'

/** The server's bound on a message (lib/protocol/events.ts, chat:send). */
const LONGEST = 2000

/** Enter sends, Shift+Enter makes a new line. While an input method composes, Enter belongs to it. */
export function ChatComposer({ draft }: { draft: RefObject<string> }) {
  const call = useCall()
  const id = useId()
  const [text, setText] = useState(draft.current)
  const box = useRef<HTMLTextAreaElement>(null)
  const write = (next: string): void => {
    draft.current = next
    setText(next)
  }
  const send = (): void => {
    const message = text.trim()
    if (!message) return
    void call.sendMessage(message)
    write('')
    box.current?.focus()
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: grows with its text
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${Math.min(element.scrollHeight, 144)}px`
  }, [text])
  return (
    <form
      className="m-3 flex shrink-0 items-end gap-1 rounded-lg bg-stage-control pr-1 pl-4 focus-within:outline-2 focus-within:outline-stage-accent"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <label htmlFor={id} className="sr-only">
        Message
      </label>
      <textarea
        ref={box}
        id={id}
        data-first-focus
        rows={1}
        maxLength={LONGEST}
        value={text}
        placeholder="Write to everyone"
        onChange={(event) => write(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          send()
        }}
        className="min-h-12 min-w-0 flex-1 resize-none bg-transparent py-3 text-base text-stage-ink outline-none placeholder:text-stage-ink-soft md:text-sm md:leading-6"
      />
      <IconButton
        type="submit"
        label="Send message"
        disabled={!text.trim()}
        className="my-1 text-stage-accent hover:bg-stage-control-hover hover:text-stage-accent"
      >
        <SendHorizontal aria-hidden className="size-5" />
      </IconButton>
    </form>
  )
}
