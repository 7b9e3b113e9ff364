import { clockTime } from '#lib/domain/clockTime.ts'
import type { RecordingFileView, RecordingState, RecordingStopReason } from '#lib/protocol/recordings.ts'

/** Why there is no recording to watch. Nothing for an ordinary end. */
const REASONS: Record<RecordingStopReason, string | null> = {
  stopped: null,
  'meeting-ended': null,
  'host-left': null,
  'no-recorder': 'No recorder was free to make it.',
  'recorder-lost': 'The recorder was lost, and no other took over.',
  'disk-full': 'The server’s disk was full.',
  quota: 'The space for recordings was used up.',
  interrupted: 'The connection was away for too long.',
  failed: 'Something went wrong while it was made.',
}

export const reasonWords = (reason: RecordingStopReason | null): string =>
  (reason && REASONS[reason]) ?? 'Something went wrong while it was made.'

/** Why a recording that there is ended early, or null when somebody ended it. */
export const earlyEndWords = (reason: RecordingStopReason | null): string | null => reason && REASONS[reason]

const OVER: readonly RecordingState[] = ['ready', 'failed', 'kept']
export const isGoingOn = (state: RecordingState): boolean => !OVER.includes(state)

/** Also while it waits to be put together: it may wait for days for room on the disk. */
const DELETABLE: readonly RecordingState[] = ['finishing', 'ready', 'failed', 'kept']
export const canBeDeleted = (state: RecordingState): boolean => DELETABLE.includes(state)

export const STATE_WORDS: Record<RecordingState, string> = {
  waiting: 'Starting…',
  running: 'Recording now',
  finishing: 'Being prepared…',
  ready: 'Ready',
  failed: 'Failed',
  kept: 'On a device',
}

/** Where a recording is that was kept where it was made. */
export const deviceWords = (startedBy: string | null): string =>
  startedBy === null ? STATE_WORDS.kept : `On ${startedBy}’s device`

/** "1:00 – 2:00", or how long it is where that is all that is known of it. */
export const clipWords = ({ fromMs, durationMs }: RecordingFileView): string =>
  fromMs === null ? clockTime(durationMs) : `${clockTime(fromMs)} – ${clockTime(fromMs + durationMs)}`

/** What a file is called in the menu; of several films, which one. */
export const fileWords = (file: RecordingFileView): string =>
  file.film === 0 ? kindWords(file) : `${kindWords(file)}, part ${file.film + 1}`

function kindWords(file: RecordingFileView): string {
  const { kind, mimeType, personName } = file
  const person = personName ?? 'Everybody'
  switch (kind) {
    case 'webm':
      return 'WebM video'
    case 'mp4':
      return 'MP4 video'
    case 'audio':
      return `Sound of ${person}`
    case 'track':
      return mimeType.startsWith('audio') ? `Microphone of ${person}` : `Camera of ${person}`
    case 'clip':
      return `Clip, ${clipWords(file)}`
    case 'transcript':
      return 'Transcript (.vtt)'
  }
}

/** "Ada, Grace and 3 others". */
export function peopleWords(people: readonly string[], named = 3): string {
  const first = people.slice(0, named)
  const rest = people.length - first.length
  if (rest > 0) return `${first.join(', ')} and ${rest} other${rest === 1 ? '' : 's'}`
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(first)
}
