import { JoinedFiles } from '#lib/call/recording/kept/JoinedFiles.ts'
import type { FilmPerson } from '#lib/call/recording/studio/composeFilm.ts'
import { chooseFile, download, fileNameOf } from '../saveFile.ts'

export type FilmOptions = {
  readonly recordingId: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly people: readonly FilmPerson[]
  readonly onProgress: (share: number) => void
  readonly signal: AbortSignal
}

/** `cancelled`: they have chosen no file. */
export type FilmSaved = 'saved' | 'downloaded' | 'cancelled'

/**
 * To be called from a press of a button, as a browser asks where to only then. Where it cannot ask, the film is made in
 * the browser's own file system and downloaded from there.
 *
 * @throws as `composeFilm` does, and when the file cannot be written
 */
export async function makeFilm(options: FilmOptions): Promise<FilmSaved> {
  const { recordingId, startedAt, people, onProgress, signal } = options
  const name = fileNameOf('Film', startedAt)
  const chosen = await chooseFile(name)
  if (chosen === 'cancelled') return 'cancelled'
  onProgress(0)
  const { composeFilm } = await import('#lib/call/recording/studio/composeFilm.ts')
  if (chosen !== null) {
    await composeFilm(people, { file: await chosen.createWritable(), onProgress, signal })
    return 'saved'
  }
  const files = new JoinedFiles(navigator.storage)
  // The former one's download is over, or it is made again.
  await files.remove(filmOf(recordingId))
  await composeFilm(people, { file: await files.write(filmOf(recordingId)), onProgress, signal })
  download(await files.read(filmOf(recordingId)), name)
  return 'downloaded'
}

const filmOf = (recordingId: string): string => `film-${recordingId}`
