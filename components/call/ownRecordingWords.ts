import type { OwnRecording, Waiting } from '#lib/call/recording/OwnRecording.ts'
import { fileSize } from '#lib/domain/clockTime.ts'

/** A chunk or two are always on their way: only more than that is worth a word. */
const WORTH_A_WORD = 3

export type OwnRecordingWords = {
  readonly text: string
  /** What becomes of it when the page is closed, where that matters now. */
  readonly hint: string | null
  /** For those who listen: without figures that change all the time. */
  readonly spoken: string
}

/** As long as the server waits for it (server/recordings/limits.ts). */
const leaving = (wait: string): string =>
  `If you close it, open this link again in this browser within ${wait}: the rest is sent then.`
const MEETING = leaving('ten minutes')
const TRACK = leaving('twelve hours, or two as a guest')

/** The recorder goes on whatever becomes of a copy. */
const ENDED = {
  failed: {
    film: 'This browser cannot record the meeting any more',
    copy: 'This browser cannot keep its copy of the recording any more. The server goes on recording',
  },
  full: {
    film: 'This device has no room to record the meeting any further',
    copy: 'This device has no room for its copy of the recording any more. The server goes on recording',
  },
} as const
const COPY = 'A copy of the recording is kept on this device'
const COPY_AND_TRACK = 'A copy of the recording, and your own track, are recorded on this device'

const ON_DEVICE = 'You record this meeting, on this device only'

/** One thing at most: what matters more first. Null when there is nothing to say. */
export function ownRecordingWords({ meeting, tracks, leftover }: OwnRecording): OwnRecordingWords | null {
  const copies = meeting?.film === 'copy'
  if (meeting?.status === 'failed' || meeting?.status === 'full')
    return plain(ENDED[meeting.status][copies ? 'copy' : 'film'])
  if (meeting?.film === 'kept') return plain(ON_DEVICE)
  if (meeting?.status === 'finishing' && !copies) return uploading('the recording', meeting.waiting, MEETING)
  if (meeting && meeting.waiting.seconds >= WORTH_A_WORD) {
    return behind('You record this meeting', meeting.waiting)
  }
  if (tracks?.status === 'finishing') return uploading('your track', tracks.waiting, TRACK)
  if (tracks?.status === 'failed') return plain('This browser cannot record all of your own track')
  if (tracks?.status === 'full') return plain('This device has no room to record your own track any further')
  if (tracks) {
    const text = 'Your own track is being recorded'
    if (tracks.waiting.seconds >= WORTH_A_WORD) return behind(text, tracks.waiting)
    return plain(copies ? COPY_AND_TRACK : text)
  }
  if (copies) return plain(COPY)
  if (meeting) return plain('You record this meeting on this device')
  return leftover.seconds > 0 ? uploading('an earlier recording', leftover, null) : null
}

const plain = (text: string): OwnRecordingWords => ({ text, hint: null, spoken: text })

const behind = (text: string, waiting: Waiting): OwnRecordingWords => ({
  ...plain(`${text}. ${left(waiting)}`),
  spoken: text,
})

function uploading(what: string, waiting: Waiting, hint: string | null): OwnRecordingWords {
  const said = `Uploading ${what}. Keep this tab open`
  return {
    text: waiting.seconds > 0 ? `Uploading ${what}: ${left(waiting)}. Keep this tab open.` : `${said}.`,
    hint,
    spoken: hint === null ? `${said}.` : `${said}. ${hint}`,
  }
}

const left = ({ bytes }: Waiting): string => `${fileSize(bytes)} left`
