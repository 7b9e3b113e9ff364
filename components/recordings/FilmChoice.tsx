import { Button } from '#components/ui/Button.tsx'
import type { RecordingFileView } from '#lib/protocol/recordings.ts'
import { filmsOf } from './playerSources.ts'

type FilmChoiceProps = {
  files: readonly RecordingFileView[]
  /** Undefined: the first one. */
  film: number | undefined
  onChoose(film: number): void
}

/** Which of several films is played. All are on the same time line; of one there is nothing to choose. */
export function FilmChoice({ files, film, onChoose }: FilmChoiceProps) {
  const films = filmsOf(files)
  if (films.length < 2) return null
  return (
    <fieldset className="mb-4 flex flex-wrap items-center gap-2">
      <legend className="sr-only">Part to play</legend>
      {films.map((one) => (
        <Button key={one} size="sm" aria-pressed={one === (film ?? films[0])} onClick={() => onChoose(one)}>
          Part {one + 1}
        </Button>
      ))}
      <p className="text-sm text-ink-soft">
        It was recorded in different ways. What one part lacks, another has.
      </p>
    </fieldset>
  )
}
