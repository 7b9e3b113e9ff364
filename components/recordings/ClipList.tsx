'use client'
import { Download, Scissors, Trash2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { DeleteDialog } from '#components/desk/DeleteDialog.tsx'
import { Button } from '#components/ui/Button.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import { clockTime, fileSize } from '#lib/domain/clockTime.ts'
import type { RecordingFileView } from '#lib/protocol/recordings.ts'
import { clipWords } from './recordingWords.ts'

type ClipListProps = {
  files: readonly RecordingFileView[]
  /** Of the recording. */
  path: string
  /** The one that was just made: it has the focus when it is there. */
  made: string | null
  onChanged(): void
  /** The last one is gone: the focus goes elsewhere. */
  onNone(): void
}

/** The clips that were cut from a recording, each to be taken away or deleted; nothing where there is none. */
export function ClipList({ files, path, made, onChanged, onNone }: ClipListProps) {
  const [deleting, setDeleting] = useState<RecordingFileView | null>(null)
  const clips = files.filter(({ kind }) => kind === 'clip')
  const list = useFocusAfter(clips, made, onNone)
  if (clips.length === 0) return null
  return (
    <section aria-labelledby="clips" className="mt-8">
      <h2 id="clips" className="text-sm font-semibold tracking-normal text-ink">
        Clips
      </h2>
      <ul ref={list.ref} className="mt-3 divide-y divide-line rounded-lg border border-line bg-surface">
        {clips.map((clip) => (
          <li
            key={clip.id}
            tabIndex={-1}
            className="focus-ring flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3"
          >
            <span className="flex min-w-40 flex-1 items-center gap-3 text-sm text-ink">
              <Scissors aria-hidden className="size-4 text-ink-soft" />
              <span className="font-medium tabular-nums">{clipWords(clip)}</span>
            </span>
            <span className="flex flex-wrap gap-2">
              <DownloadLink clip={clip} path={path} />
              <Button
                size="sm"
                variant="dangerGhost"
                aria-label={`Delete the clip ${clipWords(clip)}`}
                onClick={() => setDeleting(clip)}
              >
                <Trash2 aria-hidden className="size-4" />
                Delete
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {deleting && (
        <DeleteDialog
          path={`${path}/clips/${deleting.id}`}
          title={`Delete the clip ${clipWords(deleting)}?`}
          description="It is gone for good. The recording stays as it is."
          action="Delete clip"
          open
          onOpenChange={() => setDeleting(null)}
          onDeleted={() => {
            list.deleted(deleting.id)
            onChanged()
          }}
        />
      )}
    </section>
  )
}

/** Where the focus goes when lines come and go: to a clip that was made, and to the line after one that was deleted. */
function useFocusAfter(clips: readonly RecordingFileView[], made: string | null, onNone: () => void) {
  const ref = useRef<HTMLUListElement>(null)
  const gone = useRef<{ readonly id: string; readonly at: number } | null>(null)
  const places = new Map(clips.map(({ id }, at) => [id, at]))
  const focus = (at: number): void => {
    const line = ref.current?.children[at]
    if (line instanceof HTMLElement) line.focus()
  }
  const madeAt = made === null ? undefined : places.get(made)
  const isThere = madeAt !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it has come; it is not followed
  useEffect(() => {
    if (isThere) focus(madeAt)
  }, [isThere])
  useEffect(() => {
    if (gone.current === null || places.has(gone.current.id)) return
    const { at } = gone.current
    gone.current = null
    // Not from where somebody has gone meanwhile.
    if (document.activeElement !== document.body) return
    if (clips.length === 0) onNone()
    else focus(Math.min(at, clips.length - 1))
  })
  const deleted = (id: string): void => {
    gone.current = { id, at: places.get(id) ?? 0 }
  }
  return { ref, deleted }
}

function DownloadLink({ clip, path }: { clip: RecordingFileView; path: string }) {
  return (
    <a href={`${path}/files/${clip.id}?download=1`} download className={buttonClasses({ size: 'sm' })}>
      <Download aria-hidden className="size-4" />
      <span>
        Download
        <span className="sr-only">{` the clip ${clipWords(clip)}, ${clockTime(clip.durationMs)},`}</span>{' '}
        <span className="text-xs text-ink-soft tabular-nums">{fileSize(clip.bytes)}</span>
      </span>
    </a>
  )
}
