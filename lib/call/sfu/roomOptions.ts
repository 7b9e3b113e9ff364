import type { Source } from '../ports.ts'
import type { LiveKit, LiveKitPublishOptions, LiveKitRoomOptions } from './liveKit.ts'

export type SfuMediaOptions = {
  /** VP8 is sent as three pictures, VP9 and AV1 as one in layers, for somewhat fewer bits and far more processor time. */
  readonly videoCodec: 'vp8' | 'vp9' | 'av1'
}

/** After these the room is lost, and a new stay with a new pass is our own affair (SfuConnection). */
const RESUME_DELAYS_MS = [0, 300, 1200, 2700, 4800]
const CONNECT_TIMEOUT_MS = 10_000

/**
 * All that a LiveKit room is told, in one place. A frame cipher from outside belongs here too: LiveKit takes its
 * `encryption` when a room is made and never later, so it would be a parameter of this function.
 */
export function roomOptions({ VideoPresets, DefaultReconnectPolicy }: LiveKit): LiveKitRoomOptions {
  return {
    // By setVisible instead: the engine is told what is on the screen, and attaches no elements.
    adaptiveStream: false,
    dynacast: true,
    // Tracks belong to the call.
    stopLocalTrackOnUnpublish: false,
    // A page that asks whether one really wants to leave must still be in the room when the answer is no.
    disconnectOnPageLeave: false,
    reconnectPolicy: new DefaultReconnectPolicy(RESUME_DELAYS_MS),
    publishDefaults: { simulcast: true, videoSimulcastLayers: [VideoPresets.h180, VideoPresets.h360] },
  }
}

export const CONNECT_OPTIONS = {
  autoSubscribe: true,
  // Another attempt needs another token, which a retry inside does not have.
  maxRetries: 0,
  websocketTimeout: CONNECT_TIMEOUT_MS,
  peerConnectionTimeout: CONNECT_TIMEOUT_MS,
}

/** How a source is published. Microphones keep LiveKit's own choice: Opus with DTX and redundancy. */
export function publishOptions(
  { AudioPresets, ScreenSharePresets, Track }: LiveKit,
  source: Source,
  { videoCodec }: SfuMediaOptions,
): LiveKitPublishOptions {
  switch (source) {
    case 'microphone':
      return { source: Track.Source.Microphone }
    case 'camera':
      // No spare codec: it would be sent from a copy of the track that is not ours (StandIn).
      return { source: Track.Source.Camera, videoCodec, backupCodec: false }
    case 'screen':
      // VP8 whatever cameras use: Chrome holds a layered VP9 screen at five frames a second.
      return {
        source: Track.Source.ScreenShare,
        videoCodec: 'vp8',
        backupCodec: false,
        screenShareEncoding: ScreenSharePresets.h1080fps15.encoding,
        screenShareSimulcastLayers: [ScreenSharePresets.h360fps15],
      }
    case 'screenAudio':
      // Music and films: no gaps for silence.
      return {
        source: Track.Source.ScreenShareAudio,
        audioPreset: AudioPresets.musicHighQuality,
        dtx: false,
        red: false,
      }
  }
}
