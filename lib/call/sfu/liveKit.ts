import type { LocalTrackPublication, RoomOptions, TrackPublishOptions } from 'livekit-client'

/**
 * The one file that names LiveKit's client: some 150 kB gzipped that only a call on the SFU needs, so that it is a chunk
 * of its own. Loading it a second time costs nothing, and loading it ahead is how to preload.
 */
export const loadLiveKit = (): Promise<LiveKit> => import('livekit-client')

export type LiveKit = typeof import('livekit-client')
export type LiveKitRoomOptions = RoomOptions
export type LiveKitPublication = LocalTrackPublication
export type LiveKitPublishOptions = TrackPublishOptions
