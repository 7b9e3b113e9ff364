'use client'
import { Clapperboard, Download, Mic, Video } from 'lucide-react'
import { useState } from 'react'
import { Avatar } from '#components/ui/Avatar.tsx'
import { Button } from '#components/ui/Button.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import type { FilmPerson } from '#lib/call/recording/studio/composeFilm.ts'
import { clockTime, fileSize } from '#lib/domain/clockTime.ts'
import type { RecordingFileView, RecordingView } from '#lib/protocol/recordings.ts'
import { FilmDialog } from './composing/FilmDialog.tsx'
import { percentOf } from './composing/FilmProgress.tsx'
import { useFilm } from './composing/useFilm.ts'

type OwnTracksProps = {
  recording: Pick<RecordingView, 'id' | 'createdAt' | 'files'>
  /** The folder that the files are below. */
  path: string
}

const UNNAMED = 'Somebody'

/** What was recorded on each person's own device, to be taken away one by one or as one film; nothing where there is none. */
export function OwnTracks({ recording, path }: OwnTracksProps) {
  const [filming, setFilming] = useState(false)
  const film = useFilm()
  const people = byPerson(recording.files)
  if (people.length === 0) return null
  const filmed = people.map(({ id, name, tracks }): FilmPerson => {
    const urls = (sound: boolean) =>
      tracks.filter((track) => isSound(track) === sound).map((track) => `${path}/${track.id}`)
    return { id, name, cameras: urls(false), microphones: urls(true) }
  })
  return (
    <section aria-labelledby="own-tracks" className="mt-8">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 id="own-tracks" className="text-sm font-semibold tracking-normal text-ink">
          Each person’s own track
        </h2>
        <Button size="sm" onClick={() => setFilming(true)}>
          <Clapperboard aria-hidden className="size-4" />
          {film.share === null ? 'Make one film' : `Making a film… ${percentOf(film.share)} %`}
        </Button>
      </div>
      <p className="mt-1 max-w-prose text-sm text-ink-soft">
        Recorded on their own devices in full quality. Every file begins where the recording begins: put side
        by side in an editor, they are in time.
      </p>
      <ul className="mt-3 divide-y divide-line rounded-lg border border-line bg-surface">
        {people.map(({ id, name, tracks }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
            <span className="flex min-w-40 flex-1 items-center gap-3">
              <Avatar name={name} id={id} size="sm" />
              <span className="min-w-0 truncate text-sm font-medium text-ink">{name}</span>
            </span>
            <span className="flex flex-wrap gap-2">
              {tracks.map((track) => (
                <TrackLink key={track.id} track={track} name={name} path={path} />
              ))}
            </span>
          </li>
        ))}
      </ul>
      <FilmDialog
        work={film}
        people={filmed}
        open={filming}
        onOpenChange={setFilming}
        onMake={(chosen) =>
          void film.make({
            recordingId: recording.id,
            startedAt: Date.parse(recording.createdAt),
            people: chosen,
          })
        }
      />
    </section>
  )
}

type Tracked = { readonly id: string; readonly name: string; readonly tracks: readonly RecordingFileView[] }

/** By who they are: two of one name are two people, and bear a number. */
function byPerson(files: readonly RecordingFileView[]): readonly Tracked[] {
  const people = new Map<string, RecordingFileView[]>()
  for (const file of files) {
    if (file.kind !== 'track') continue
    const id = file.participantId ?? file.personName ?? UNNAMED
    people.set(id, [...(people.get(id) ?? []), file])
  }
  const named = new Map<string, number>()
  return [...people].map(([id, tracks]) => {
    const name = tracks[0]?.personName ?? UNNAMED
    const count = (named.get(name) ?? 0) + 1
    named.set(name, count)
    return { id, name: count === 1 ? name : `${name} (${count})`, tracks }
  })
}

const isSound = ({ mimeType }: RecordingFileView): boolean => mimeType.startsWith('audio')

function TrackLink({ track, name, path }: { track: RecordingFileView; name: string; path: string }) {
  const sound = isSound(track)
  const what = sound ? 'Microphone' : 'Camera'
  const Icon = sound ? Mic : Video
  const size = fileSize(track.bytes)
  return (
    <a
      href={`${path}/${track.id}?download=1`}
      download
      // The words that are seen stand together in it, as somebody who speaks them says them (WCAG 2.5.3).
      aria-label={`Download ${what.toLowerCase()}, ${size}, of ${name}, ${clockTime(track.durationMs)}`}
      className={buttonClasses({ size: 'sm' })}
    >
      <Icon aria-hidden className="size-4" />
      {what} <span className="text-xs text-ink-soft tabular-nums">{size}</span>
      <Download aria-hidden className="size-3.5 text-ink-soft" />
    </a>
  )
}
