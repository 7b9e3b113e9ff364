'use client'
import { Captions, Search } from 'lucide-react'
import { useDeferredValue, useMemo, useRef, useState } from 'react'
import { useStore } from '#components/call/useStore.ts'
import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import { CONTROL_CLASSES } from '#components/ui/Field.tsx'
import { joinClasses } from '#components/ui/joinClasses.ts'
import { Spinner } from '#components/ui/Spinner.tsx'
import { findIn, type SpokenLine, withSpeakers } from '#lib/domain/transcript.ts'
import type { TimelineEvent } from '#lib/protocol/recordings.ts'
import type { PlayerControl } from '../player/PlayerControl.ts'
import type { CaptionTrack } from './CaptionTrack.ts'
import { TranscriptLines } from './TranscriptLines.tsx'
import { TranscriptMenu } from './TranscriptMenu.tsx'
import { useTranscriptUpload } from './useTranscriptUpload.ts'

type TranscriptPanelProps = {
  control: PlayerControl
  captions: CaptionTrack
  events: readonly TimelineEvent[]
  idOf(name: string): string
  /** Where its owner changes it; null for everybody else. */
  path: string | null
  onChanged(): void
}

/** What was said: to be read, searched and followed, and for its owner to be added. */
export function TranscriptPanel({ path, onChanged, ...shown }: TranscriptPanelProps) {
  if (path === null) return <Transcript {...shown} menu={null} />
  return <OwnTranscript {...shown} path={path} onChanged={onChanged} />
}

type ShownProps = Omit<TranscriptPanelProps, 'path' | 'onChanged'>

function OwnTranscript({ path, onChanged, ...shown }: ShownProps & { path: string; onChanged(): void }) {
  const picker = useRef<HTMLInputElement>(null)
  const { status } = useStore(shown.captions.state)
  const { busy, error, upload } = useTranscriptUpload(path, onChanged)
  const pick = (): void => picker.current?.click()
  return (
    <>
      <input
        ref={picker}
        type="file"
        hidden
        accept=".vtt,.srt,text/vtt,application/x-subrip"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? []
          if (file) void upload(file)
          // The same file, mended, is chosen again.
          currentTarget.value = ''
        }}
      />
      {error && (
        <Banner tone="danger" className="mb-3">
          It was not added. {error}
        </Banner>
      )}
      {status === 'none' ? (
        <NoTranscript busy={busy} onAdd={pick} />
      ) : (
        <Transcript
          {...shown}
          menu={<TranscriptMenu path={path} busy={busy} onReplace={pick} onRemoved={onChanged} />}
        />
      )}
    </>
  )
}

function NoTranscript({ busy, onAdd }: { busy: boolean; onAdd(): void }) {
  return (
    <div className="flex flex-col items-center rounded-lg border border-dashed border-line px-6 py-8 text-center">
      <span className="flex size-11 items-center justify-center rounded-lg bg-accent-soft text-accent-ink">
        <Captions aria-hidden className="size-5" />
      </span>
      <p className="mt-3 max-w-64 text-sm text-ink-soft">
        Add captions that were made elsewhere, as WebVTT (.vtt) or SubRip (.srt), to read and search what was
        said.
      </p>
      <Button size="sm" loading={busy} onClick={onAdd} className="mt-4">
        Add a transcript
      </Button>
    </div>
  )
}

function Transcript({ control, captions, events, idOf, menu }: ShownProps & { menu: React.ReactNode }) {
  const { status, lines } = useStore(captions.state)
  const [query, setQuery] = useState('')
  const words = useDeferredValue(query.trim())
  const said = useMemo(() => withSpeakers(lines, events), [lines, events])
  const found = useMemo(() => (words === '' ? null : linesWith(said, words)), [said, words])
  const heard = said !== lines && said.some(({ speaker }) => speaker !== null)
  return (
    <>
      <div className="flex shrink-0 items-center gap-1">
        <span className="relative min-w-0 flex-1">
          <Search
            aria-hidden
            className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-faint"
          />
          <input
            type="search"
            aria-label="Search the transcript"
            placeholder="Search the transcript"
            maxLength={200}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
            className={joinClasses(CONTROL_CLASSES, 'h-9! pl-9! text-sm! touch:h-11!')}
          />
        </span>
        {menu}
      </div>
      <p role="status" className="mt-1.5 min-h-4 shrink-0 text-xs text-ink-soft">
        {found ? countWords(found.size, said.length) : heard ? 'Names are of who was heard at the time.' : ''}
      </p>
      {status === 'loading' && (
        <Spinner label="Loading the transcript" className="mx-auto mt-10 size-6 text-ink-soft" />
      )}
      {status === 'failed' && (
        <div className="mt-6 text-center text-sm text-ink-soft">
          <p>The transcript could not be loaded.</p>
          <Button size="sm" onClick={() => captions.retry()} className="mt-3">
            Try again
          </Button>
        </div>
      )}
      {status === 'ready' && (
        <TranscriptLines control={control} lines={said} found={found} words={words} idOf={idOf} />
      )}
    </>
  )
}

const linesWith = (lines: readonly SpokenLine[], words: string): ReadonlySet<SpokenLine> =>
  new Set(lines.filter(({ text }) => findIn(text, words).some((part) => part.found)))

function countWords(found: number, all: number): string {
  if (found === 0) return 'Nobody said this.'
  return `${found} of ${all} line${all === 1 ? '' : 's'}`
}
