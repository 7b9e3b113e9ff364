import type { OwnRecording } from '#lib/call/recording/OwnRecording.ts'

/** A chunk or two are always on their way: only more than that is worth a word. */
const WORTH_A_WORD = 3

/** One line at most: what matters more first. Null when there is nothing to say. */
export function ownRecordingWords({ meeting, tracks, leftoverSeconds }: OwnRecording): string | null {
  if (meeting?.status === 'failed') return 'This browser cannot record the meeting any more.'
  if (meeting?.status === 'finishing')
    return `Keep this page open: ${seconds(meeting.secondsToUpload)} to upload`
  if (meeting && meeting.secondsToUpload >= WORTH_A_WORD) {
    return `You record this meeting: ${seconds(meeting.secondsToUpload)} to upload`
  }
  if (tracks?.status === 'finishing')
    return `Your own track: ${seconds(tracks.secondsToUpload)} to upload. It goes on by itself, at your next visit if need be.`
  if (tracks) {
    return tracks.secondsToUpload >= WORTH_A_WORD
      ? `Your own track is being recorded: ${seconds(tracks.secondsToUpload)} to upload`
      : 'Your own track is being recorded'
  }
  if (meeting) return 'You record this meeting on this device'
  return leftoverSeconds > 0 ? `Of an earlier recording: ${seconds(leftoverSeconds)} to upload` : null
}

const seconds = (count: number): string => `${count} s`
