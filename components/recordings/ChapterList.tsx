'use client'
import { Plus, X } from 'lucide-react'
import { type FormEvent, useId, useRef, useState } from 'react'
import { useSelected, useStore } from '#components/call/useStore.ts'
import { requestJson } from '#components/desk/requestJson.ts'
import { Button } from '#components/ui/Button.tsx'
import { CONTROL_CLASSES } from '#components/ui/Field.tsx'
import { IconButton } from '#components/ui/IconButton.tsx'
import { joinClasses } from '#components/ui/joinClasses.ts'
import { showToast } from '#components/ui/showToast.ts'
import { clockTime } from '#lib/domain/clockTime.ts'
import { type Chapter, chapterAt } from '#lib/domain/recordingTimeline.ts'
import type { PlayerControl } from './player/PlayerControl.ts'

type ChapterListProps = {
  control: PlayerControl
  chapters: readonly Chapter[]
  /** Where its owner changes them; null for everybody else. */
  path: string | null
  onChanged(): void
}

/** The chapters, each leading to its beginning; the owner adds one where the film stands. */
export function ChapterList({ control, chapters, path, onChanged }: ChapterListProps) {
  const here = useSelected(control.state, ({ timeMs }) => chapterAt(chapters, timeMs)?.id ?? null)
  const section = useRef<HTMLElement>(null)
  if (chapters.length === 0 && path === null) return null
  const putBack = async ({ atMs, title }: Chapter): Promise<void> => {
    const added = await requestJson(`${path}`, { method: 'POST', body: { atMs: Math.floor(atMs), title } })
    if (!added.ok) return showToast(added.error.message, { tone: 'danger' })
    onChanged()
  }
  const remove = async (chapter: Chapter, line: Element | null): Promise<void> => {
    const removed = await requestJson(`${path}/${chapter.id}`, { method: 'DELETE' })
    if (!removed.ok && removed.error.status !== 404)
      return showToast(removed.error.message, { tone: 'danger' })
    const action = { label: 'Undo', run: () => void putBack(chapter) }
    showToast(`The chapter “${chapter.title}” is removed.`, { durationMs: 10_000, action })
    passFocusOn(line, section.current)
    onChanged()
  }
  return (
    <section ref={section} aria-labelledby="chapters" className="shrink-0">
      <h2 id="chapters" className="text-sm font-semibold tracking-normal text-ink">
        Chapters
      </h2>
      {chapters.length > 0 && (
        <ol className="mt-2 -mx-2 flex max-h-64 flex-col overflow-y-auto" data-scrolls>
          {chapters.map((chapter) => (
            <ChapterLine
              key={chapter.id}
              chapter={chapter}
              here={chapter.id === here}
              onGo={() => control.seek(chapter.atMs)}
              onRemove={path === null ? null : (line) => void remove(chapter, line)}
            />
          ))}
        </ol>
      )}
      {path !== null && <NewChapter control={control} path={path} onAdded={onChanged} />}
    </section>
  )
}

type ChapterLineProps = {
  chapter: Chapter
  here: boolean
  onGo(): void
  /** For its owner. */
  onRemove: ((line: Element | null) => void) | null
}

function ChapterLine({ chapter: { atMs, title }, here, onGo, onRemove }: ChapterLineProps) {
  return (
    <li className="group flex items-center">
      <button
        type="button"
        aria-current={here || undefined}
        onClick={onGo}
        className={joinClasses(
          'focus-ring flex min-h-9 min-w-0 flex-1 items-baseline gap-3 rounded-md px-2 py-1.5 text-left text-sm touch:min-h-11',
          here ? 'bg-accent-soft font-medium text-accent-ink' : 'text-ink hover:bg-sunken',
        )}
      >
        <span className="shrink-0 text-xs tabular-nums">{clockTime(atMs)}</span>
        <span className="min-w-0 flex-1 wrap-anywhere">{title}</span>
      </button>
      {onRemove && (
        <IconButton
          label={`Remove the chapter ${title}`}
          size="sm"
          onClick={(event) => onRemove(event.currentTarget.closest('li'))}
        >
          <X aria-hidden className="size-3.5" />
        </IconButton>
      )}
    </li>
  )
}

/** From a line that goes to the next one, or to the field for a new one; not from where somebody has gone meanwhile. */
function passFocusOn(line: Element | null, section: Element | null): void {
  const { activeElement, body } = document
  if (activeElement !== body && !line?.contains(activeElement)) return
  const next = line?.nextElementSibling ?? line?.previousElementSibling
  const target = next?.querySelector('button') ?? section?.querySelector('input')
  target?.focus()
}

type NewChapterProps = { control: PlayerControl; path: string; onAdded(): void }

function NewChapter({ control, path, onAdded }: NewChapterProps) {
  const id = useId()
  const { timeMs } = useStore(control.state)
  const [title, setTitle] = useState('')
  const [busy, setBusy] = useState(false)
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (busy || title.trim() === '') return
    setBusy(true)
    const added = await requestJson(path, { method: 'POST', body: { atMs: Math.floor(timeMs), title } })
    setBusy(false)
    if (!added.ok) return showToast(added.error.message, { tone: 'danger' })
    setTitle('')
    onAdded()
  }
  return (
    <form onSubmit={(event) => void add(event)} className="mt-2 flex gap-2">
      <input
        id={id}
        aria-label="New chapter"
        placeholder={`New chapter at ${clockTime(timeMs)}`}
        maxLength={100}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        className={joinClasses(CONTROL_CLASSES, 'h-9! text-sm! touch:h-11!')}
      />
      <Button type="submit" size="sm" loading={busy} className="h-9" aria-label="Add chapter">
        <Plus aria-hidden className="size-4" />
        Add
      </Button>
    </form>
  )
}
