import { clockTime } from '#lib/domain/clockTime.ts'
import { namePart } from './contentDisposition.ts'

type Named = {
  readonly title: string
  readonly kind: string
  readonly mimeType: string
  readonly personName: string | null
  /** Of a clip; null for clips of before. */
  readonly fromMs: number | null
  readonly durationMs: number
  /** Of several: 0 is the first. */
  readonly film: number
}

const LONGEST_NAME = 100
/** What is left of a title beside the longest of people's names. */
const SHORTEST_TITLE = 20

const extensionOf = (mimeType: string): string => {
  const [type = ''] = mimeType.split(';', 1)
  if (type.endsWith('/mp4')) return 'mp4'
  if (type === 'text/vtt') return 'vtt'
  return type === 'audio/ogg' ? 'ogg' : 'webm'
}

/**
 * What a file is called where it is saved: the recording's title, and what tells it from its siblings. The title is cut
 * where there is no room for both.
 */
export function fileName(file: Named): string {
  const suffix = wordsOf(file)
    .map((words) => namePart(words, LONGEST_NAME))
    .filter((words) => words !== '')
    .map((words) => ` - ${words}`)
    .join('')
  const room = Math.max(SHORTEST_TITLE, LONGEST_NAME - [...suffix].length)
  return `${namePart(file.title, room) || 'Recording'}${suffix}.${extensionOf(file.mimeType)}`
}

const wordsOf = (file: Named): readonly string[] =>
  file.film === 0 ? kindWords(file) : [...kindWords(file), `part ${file.film + 1}`]

function kindWords({ kind, mimeType, personName, fromMs, durationMs }: Named): readonly string[] {
  const person = personName ?? ''
  switch (kind) {
    case 'clip':
      return [fromMs === null ? 'clip' : `clip ${timeOf(fromMs)}-${timeOf(fromMs + durationMs)}`]
    case 'audio':
      return ['audio', person]
    case 'track':
      return [person, deviceOf(mimeType)]
    default:
      return [person]
  }
}

/** No file name has a colon everywhere. */
const timeOf = (ms: number): string => clockTime(ms).replaceAll(':', '.')

/** Own tracks are of these two. */
function deviceOf(mimeType: string): string {
  if (mimeType.startsWith('video/')) return 'camera'
  return mimeType.startsWith('audio/') ? 'microphone' : ''
}
