import { Download, Mic, Video } from 'lucide-react'
import { Avatar } from '#components/ui/Avatar.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import { clockTime, fileSize } from '#lib/domain/clockTime.ts'
import type { RecordingFileView } from '#lib/protocol/recordings.ts'

type OwnTracksProps = {
  files: readonly RecordingFileView[]
  /** The folder that the files are below. */
  path: string
  /** What a name's colour hangs on. */
  idOf(name: string): string
}

const UNNAMED = 'Somebody'

/** What was recorded on each person's own device, to be taken away one by one; nothing where there is none. */
export function OwnTracks({ files, path, idOf }: OwnTracksProps) {
  const people = new Map<string, RecordingFileView[]>()
  for (const file of files) {
    if (file.kind !== 'track') continue
    const name = file.personName ?? UNNAMED
    people.set(name, [...(people.get(name) ?? []), file])
  }
  if (people.size === 0) return null
  return (
    <section aria-labelledby="own-tracks" className="mt-8">
      <h2 id="own-tracks" className="text-sm font-semibold tracking-normal text-ink">
        Each person’s own track
      </h2>
      <p className="mt-1 max-w-prose text-sm text-ink-soft">
        Recorded on their own devices in full quality. Every file begins where the recording begins: put side
        by side in an editor, they are in time.
      </p>
      <ul className="mt-3 divide-y divide-line rounded-lg border border-line bg-surface">
        {[...people].map(([name, tracks]) => (
          <li key={name} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
            <span className="flex min-w-40 flex-1 items-center gap-3">
              <Avatar name={name} id={idOf(name)} size="sm" />
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
    </section>
  )
}

function TrackLink({ track, name, path }: { track: RecordingFileView; name: string; path: string }) {
  const sound = track.mimeType.startsWith('audio')
  const what = sound ? 'Microphone' : 'Camera'
  const Icon = sound ? Mic : Video
  const size = fileSize(track.bytes)
  return (
    <a
      href={`${path}/${track.id}?download=1`}
      download
      aria-label={`Download ${what.toLowerCase()} of ${name}, ${clockTime(track.durationMs)}, ${size}`}
      className={buttonClasses({ size: 'sm' })}
    >
      <Icon aria-hidden className="size-4" />
      {what}
      <span className="text-xs text-ink-soft tabular-nums">{size}</span>
      <Download aria-hidden className="size-3.5 text-ink-soft" />
    </a>
  )
}
