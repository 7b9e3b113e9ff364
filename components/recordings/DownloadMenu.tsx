'use client'
import { Download } from 'lucide-react'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import { Menu, MenuItem } from '#components/ui/Menu.tsx'
import { fileSize } from '#lib/domain/clockTime.ts'
import type { RecordingFileView } from '#lib/protocol/recordings.ts'
import { fileWords } from './recordingWords.ts'

type DownloadMenuProps = {
  files: readonly RecordingFileView[]
  /** The folder that the files are below. */
  path: string
}

/** Everything there is to take away. */
export function DownloadMenu({ files, path }: DownloadMenuProps) {
  if (files.length === 0) return null
  return (
    <Menu
      trigger={
        <button type="button" className={buttonClasses({})}>
          <Download aria-hidden className="size-4" />
          Download
        </button>
      }
    >
      {files.map((file) => (
        <MenuItem key={file.id} asChild>
          <a href={`${path}/${file.id}?download=1`} download>
            <span className="min-w-0 flex-1 truncate">{fileWords(file)}</span>
            <span className="ml-6 text-xs text-ink-soft tabular-nums">{fileSize(file.bytes)}</span>
          </a>
        </MenuItem>
      ))}
    </Menu>
  )
}
