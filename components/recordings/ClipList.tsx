'use client'
import { Download, Scissors, Trash2 } from 'lucide-react'
import { useState } from 'react'
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
  onChanged(): void
}

/** The clips that were cut from a recording, each to be taken away or deleted; nothing where there is none. */
export function ClipList({ files, path, onChanged }: ClipListProps) {
  const [deleting, setDeleting] = useState<RecordingFileView | null>(null)
  const clips = files.filter(({ kind }) => kind === 'clip')
  if (clips.length === 0) return null
  return (
    <section aria-labelledby="clips" className="mt-8">
      <h2 id="clips" className="text-sm font-semibold tracking-normal text-ink">
        Clips
      </h2>
      <ul className="mt-3 divide-y divide-line rounded-lg border border-line bg-surface">
        {clips.map((clip) => (
          <li key={clip.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
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
          onDeleted={onChanged}
        />
      )}
    </section>
  )
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
