'use client'
import { LocateFixed } from 'lucide-react'
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useSelected } from '#components/call/useStore.ts'
import { Avatar } from '#components/ui/Avatar.tsx'
import { Button } from '#components/ui/Button.tsx'
import { lineAt, paragraphsOf, type SpokenLine } from '#lib/domain/transcript.ts'
import type { PlayerControl } from '../player/PlayerControl.ts'
import { scrollCalmly } from '../scrollCalmly.ts'
import { TranscriptLine } from './TranscriptLine.tsx'

type TranscriptLinesProps = {
  control: PlayerControl
  lines: readonly SpokenLine[]
  /** Those that are looked for by `words`; null for all. */
  found: ReadonlySet<SpokenLine> | null
  words: string
  idOf(name: string): string
}

const MOVES: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(last, at + 1),
  ArrowUp: (at) => Math.max(0, at - 1),
  Home: () => 0,
  End: (_, last) => last,
}

/** All that was said, in time with the film: it scrolls along until somebody scrolls it, and a line leads to its moment. */
export function TranscriptLines({ control, lines, found, words, idOf }: TranscriptLinesProps) {
  const box = useRef<HTMLUListElement>(null)
  const [away, setAway] = useState(false)
  const [focused, setFocused] = useState<number | null>(null)
  const now = useSelected(control.state, ({ timeMs }) => lineAt(lines, timeMs))
  const paragraphs = useMemo(() => paragraphsOf(lines), [lines])
  const following = !away && found === null
  useEffect(() => {
    const line = box.current?.querySelector(`[data-line="${now}"]`)
    if (following && box.current && line instanceof HTMLElement) bringToMiddle(box.current, line)
  }, [now, following])

  const isShown = (place: number): boolean => {
    const line = lines[place]
    return line !== undefined && (found === null || found.has(line))
  }
  const first = found === null ? 0 : lines.findIndex((line) => found.has(line))
  const stop = [focused, now].find((place) => place !== null && isShown(place)) ?? first
  const leave = (): void => setAway(true)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (/^(Tab|Page(Up|Down))$/.test(event.key)) leave()
    const move = MOVES[event.key]
    if (!move || !box.current) return
    event.preventDefault()
    leave()
    const all = [...box.current.querySelectorAll<HTMLElement>('[data-line]')]
    const here = all.findIndex((line) => line.contains(document.activeElement))
    all[move(here, all.length - 1)]?.focus()
  }
  const onClick = (event: MouseEvent): void => {
    const place = placeOf(event.target)
    const line = place === null ? undefined : lines[place]
    if (line === undefined) return
    control.seek(line.fromMs)
    setAway(false)
  }
  return (
    <div className="relative -mx-2 flex min-h-0 flex-1 flex-col">
      <ul
        ref={box}
        aria-label="Transcript"
        data-scrolls
        onClick={onClick}
        onKeyDown={onKeyDown}
        onFocus={({ target }) => setFocused(placeOf(target))}
        onBlur={() => setFocused(null)}
        onWheel={leave}
        onTouchMove={leave}
        onPointerDown={({ target, currentTarget }) => target === currentTarget && leave()}
        className="relative max-h-96 min-h-0 overflow-y-auto overscroll-contain pb-12 lg:max-h-none lg:flex-1"
      >
        {paragraphs.map(({ first, speaker, lines: said }) => {
          const places = said.map((_, index) => first + index).filter(isShown)
          if (places.length === 0) return null
          return (
            <li key={first} className="pt-2">
              {speaker !== null && (
                <p className="flex items-center gap-2 px-2 pb-1 text-sm font-medium text-ink">
                  <Avatar id={idOf(speaker)} name={speaker} size="sm" />
                  <span className="truncate">{speaker}</span>
                </p>
              )}
              {places.map((place) => (
                <TranscriptLine
                  key={place}
                  place={place}
                  fromMs={lines[place]?.fromMs ?? 0}
                  text={lines[place]?.text ?? ''}
                  words={words}
                  now={place === now}
                  reachable={place === stop}
                />
              ))}
            </li>
          )
        })}
      </ul>
      {away && found === null && now >= 0 && (
        <Button
          size="sm"
          onClick={() => setAway(false)}
          className="absolute bottom-2 left-1/2 -translate-x-1/2 animate-fade-in rounded-full! shadow-2"
        >
          <LocateFixed aria-hidden className="size-3.5" />
          Follow the film
        </Button>
      )}
    </div>
  )
}

function placeOf(target: EventTarget): number | null {
  const line = target instanceof Element ? target.closest<HTMLElement>('[data-line]') : null
  return line === null ? null : Number(line.dataset.line)
}

function bringToMiddle(box: HTMLElement, line: HTMLElement): void {
  const { top, height } = line.getBoundingClientRect()
  const middle = box.getBoundingClientRect().top + box.clientHeight / 2
  scrollCalmly(box, box.scrollTop + top + height / 2 - middle)
}
