import type { CallNotice } from '#lib/call/callState.ts'
import type { RecordedWhere } from '#lib/call/recordedWhere.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import type { RecordingInterruption, RecordingStopReason } from '#lib/protocol/recordings.ts'

export type NoticeText = {
  readonly text: string
  readonly tone: 'info' | 'warning' | 'error'
  /** How long it stays, by weight: 2.5, 5 or 10 s. */
  readonly durationMs: 2_500 | 5_000 | 10_000
  /** Assertive news interrupts a screen reader; the rest waits for a pause. */
  readonly urgent: boolean
}

const SOURCE_NAMES = {
  microphone: 'microphone',
  camera: 'camera',
  screen: 'screen share',
  screenAudio: 'shared sound',
} as const

const WHERE: Readonly<Record<RecordedWhere, string>> = {
  server: '',
  device: ', on the host’s device only',
  both: ', with a copy on the host’s device',
}

/** That one is recorded, and where it stays where that is not the server alone. */
export const recordedWords = (where: RecordedWhere): string => `This meeting is being recorded${WHERE[where]}`

/** What happened, and what it means for whoever counted on the recording. */
const RECORDING_STOPPED: Readonly<Record<RecordingStopReason, string>> = {
  stopped: 'Recording has stopped. It is being prepared for its page.',
  'meeting-ended': 'Recording has stopped with the meeting.',
  'no-recorder': 'Recording did not start: no recorder is free on this server.',
  'recorder-lost': 'Recording has stopped: the recorder was lost. What came before is safe.',
  'disk-full': 'Recording has stopped: the server’s disk is full. What came before is safe.',
  quota: 'Recording has stopped: no more space is granted for recordings. What came before is safe.',
  interrupted: 'Recording has stopped: nothing reached the server any more. What came before is safe.',
  'host-left': 'Recording has stopped: the host who recorded has left. What came before is safe.',
  failed: 'Recording has stopped for an unexpected reason. What came before is safe.',
}

/** Where what came before is nowhere but on the host's device. */
const ON_DEVICE_STOPPED: Partial<typeof RECORDING_STOPPED> = {
  stopped: 'Recording has stopped. It is on the host’s device only.',
  interrupted: 'Recording has stopped: nothing was heard of the host’s device any more.',
}

const RECORDING_INTERRUPTED: Readonly<Record<RecordingInterruption, string>> = {
  silent:
    'The recording is interrupted: nothing reaches the server from where it is made. What came before is safe.',
  'recorder-lost':
    'The recording is interrupted: the recorder was lost, another one is looked for. What came before is safe.',
  unwritable:
    'The recording is interrupted: the server can write nothing down at present. What came before is safe.',
}

/** What somebody reads from whom it was taken, or who presses its button all the same. */
const FORBIDDEN: Readonly<Record<Permission, string>> = {
  microphone: 'The host does not allow microphones now',
  camera: 'The host does not allow cameras now',
  screen: 'The host does not allow sharing a screen now',
  chat: 'Only the host and co-hosts can write now',
}

/** Nothing comes on by itself: that is for its owner to do. */
const ALLOWED: Readonly<Record<Permission, string>> = {
  microphone: 'You can turn on your microphone again',
  camera: 'You can turn on your camera again',
  screen: 'You can share your screen again',
  chat: 'You can write in the chat again',
}

const light = { tone: 'info', durationMs: 2_500, urgent: false } as const
const normal = { tone: 'info', durationMs: 5_000, urgent: false } as const
const heavy = { tone: 'warning', durationMs: 10_000, urgent: true } as const

/** A notice in words, or null for what is shown elsewhere (reactions on the tile, messages in the chat). */
export function noticeText(notice: CallNotice): NoticeText | null {
  switch (notice.type) {
    case 'joined':
      return { text: `${notice.name} joined`, ...light }
    case 'left':
      return { text: `${notice.name} left`, ...light }
    case 'lost':
      return { text: `${notice.name} lost the connection`, ...normal }
    case 'handRaised':
      return { text: `${notice.name} raised a hand`, ...normal }
    case 'waiting':
      return { text: `${notice.name} asks to join`, ...normal, durationMs: 10_000 }
    case 'message':
      return { text: `${notice.name}: ${notice.text}`, ...normal }
    case 'reaction':
      return null
    case 'mutedBySomebody':
      return { text: `${notice.name ?? 'A host'} muted your microphone`, ...normal, urgent: true }
    case 'madeCoHost':
      return { text: 'You are a co-host now: you can admit, mute and remove people, and record', ...heavy }
    case 'noLongerCoHost':
      return { text: 'You are no longer a co-host', ...normal, urgent: true }
    case 'coHostNamed':
      return { text: `${notice.name} is a co-host now`, ...light }
    case 'forbidden':
      return { text: FORBIDDEN[notice.what], ...normal, urgent: true }
    case 'allowed':
      return { text: ALLOWED[notice.what], ...normal }
    case 'talkingWhileMuted':
      return { text: 'You are talking, but your microphone is off', ...normal, tone: 'warning', urgent: true }
    case 'noSoundFromMicrophone':
      return {
        text: 'No sound comes from your microphone. Check that it is the right one and not muted on the device.',
        ...heavy,
      }
    case 'reconnected':
      return { text: 'You are connected again', ...light }
    case 'shareStarted':
      return { text: `${notice.name} shares a screen`, ...light }
    case 'shareEnded':
      return { text: `${notice.name} stopped sharing`, ...light }
    case 'recordingStarting':
      return {
        text: notice.by ? `${notice.by} starts a recording` : 'A recording starts by itself',
        ...heavy,
      }
    case 'recordingStarted':
      return { text: recordedWords(notice.where), ...heavy }
    case 'recordedDirectly':
      return {
        text: 'No media server is available: the recorder connects to everybody directly, one more connection for each.',
        ...normal,
        durationMs: 10_000,
      }
    case 'recordingInterrupted':
      return { text: RECORDING_INTERRUPTED[notice.why], ...heavy, tone: 'warning' }
    case 'recordingResumed':
      return { text: 'The recording goes on', ...normal }
    case 'recordingStopped':
      return {
        text: (notice.onDevice && ON_DEVICE_STOPPED[notice.reason]) || RECORDING_STOPPED[notice.reason],
        ...heavy,
      }
    case 'deviceLost':
      return { text: `Your ${SOURCE_NAMES[notice.source]} was disconnected`, ...heavy }
    case 'requestFailed':
      return { text: notice.error.message, ...heavy, tone: 'error' }
  }
}
