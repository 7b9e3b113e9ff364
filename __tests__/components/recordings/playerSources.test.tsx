import { filmsOf, playerSources } from '#components/recordings/playerSources.ts'
import { fileWords } from '#components/recordings/recordingWords.ts'
import type { RecordingFileKind, RecordingFileView } from '#lib/protocol/recordings.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'

const file = (kind: RecordingFileKind, film: number): RecordingFileView => {
  const [any] = RECORDING.files
  if (!any) throw new Error('no file')
  const mimeType = kind === 'mp4' ? 'video/mp4' : 'video/webm'
  return { ...any, id: `${kind}-${film}`, kind, mimeType, film, personName: null }
}
const urls = (files: readonly RecordingFileView[], film?: number) =>
  playerSources(files, '/f', film).map(({ url }) => url)

const ONE = [file('audio', 0), file('mp4', 0), file('webm', 0), file('clip', 0)]
/** VP8 for most of it, and H.264, which is an MP4 alone. */
const TWO = [file('webm', 0), file('mp4', 0), file('mp4', 1), file('audio', 1), file('track', 2)]

test('[REC-167] the player is given one film, its WebM first', () => {
  expect(filmsOf(ONE)).toEqual([0])
  expect(urls(ONE)).toEqual(['/f/webm-0', '/f/mp4-0'])
  expect(filmsOf(TWO)).toEqual([0, 1])
  expect(urls(TWO)).toEqual(['/f/webm-0', '/f/mp4-0'])
  expect(urls(TWO, 1)).toEqual(['/f/mp4-1'])
  // Its first film could not be made, or was of sound alone.
  expect(urls([file('audio', 0), file('mp4', 1)])).toEqual(['/f/mp4-1'])
  expect(urls([])).toEqual([])
})

test('[REC-167] what is downloaded says of which film it is', () => {
  expect(TWO.slice(0, 3).map(fileWords)).toEqual(['WebM video', 'MP4 video', 'MP4 video, part 2'])
})
