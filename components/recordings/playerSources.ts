import type { RecordingFileView } from '#lib/protocol/recordings.ts'
import type { PlayerSource } from './player/Player.tsx'

const KINDS = ['webm', 'mp4'] as const

/** Which films there are, the one with the most in it first: more than one where it could not stand in one file. */
export const filmsOf = (files: readonly RecordingFileView[]): readonly number[] =>
  [...new Set(files.filter(isFilm).map(({ film }) => film))].sort((a, b) => a - b)

/** What the player may play of one film, the browser's own choice among them: WebM first, which has what was recorded as it is. */
export const playerSources = (
  files: readonly RecordingFileView[],
  path: string,
  film = filmsOf(files)[0],
): PlayerSource[] =>
  KINDS.flatMap((kind) =>
    files
      .filter((file) => file.kind === kind && file.film === film)
      .map(({ id, mimeType }) => ({ url: `${path}/${id}`, mimeType })),
  )

const isFilm = ({ kind }: RecordingFileView): boolean => KINDS.some((known) => known === kind)
