import type { WireError } from '#lib/protocol/errors.ts'
import type {
  ClientAnswer,
  ClientEventName,
  ClientPayload,
  ServerEventName,
  ServerPayload,
} from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Result } from '#lib/result.ts'
import type { ReadableStore } from '#lib/store.ts'

/** All that the call engine needs from outside. Nothing here knows WebRTC's or LiveKit's own types but the track. */

export type Source = 'microphone' | 'camera' | 'screen' | 'screenAudio'
export const SOURCES: readonly Source[] = ['microphone', 'camera', 'screen', 'screenAudio']

/** How somebody's media reaches us, as shown on their tile. */
export type Path = 'connecting' | 'direct' | 'relayed' | 'server' | 'lost'
export type Quality = 'good' | 'fair' | 'poor' | 'lost'

export type RemoteMedia = {
  readonly path: Path
  readonly quality: Quality
  /** Only tracks that carry media now. */
  readonly tracks: Readonly<Partial<Record<Source, MediaStreamTrack>>>
}

export type EngineState = {
  /** `lost`: gone for good, and everybody with it; only a new engine can go on. */
  readonly link: 'idle' | 'starting' | 'running' | 'lost' | 'closed'
  /** Something of ours is sent smaller than it could be, for want of uplink or processor. */
  readonly limited: boolean
  readonly participants: ReadonlyMap<ParticipantId, RemoteMedia>
}

/** What has come of one source so far: decoded frames of a picture, packets of a sound. */
export type Arrival = {
  readonly count: number
  /** Of the last decoded frame, in pixels; null for sound, and before the first frame. */
  readonly shortSidePx: number | null
}
export type Arrivals = Readonly<Partial<Record<Source, Arrival>>>

/** In CSS pixels; absent from the map means not on the screen. */
export type TileSize = { readonly width: number; readonly height: number }

/** One way to exchange media. Mesh and SFU implement it, and one contract suite holds both to it. */
export interface MediaEngine {
  readonly kind: 'mesh' | 'sfu'
  readonly state: ReadableStore<EngineState>
  /** Sound level of each participant, 0…1, a few times a second. Apart from `state`, so that a grid never renders for it. */
  readonly levels: ReadableStore<ReadonlyMap<ParticipantId, number>>
  /** Resolves once media can flow. Rejects with AbortError when `signal` aborts. */
  start(signal?: AbortSignal): Promise<void>
  /** The local track of a source, or null for none. Tracks belong to the caller; an engine never stops one. */
  setTrack(source: Source, track: MediaStreamTrack | null): Promise<void>
  /** What the screen shows, and how large. */
  setVisible(sizes: ReadonlyMap<ParticipantId, TileSize>): void
  /** For whoever decides when to show somebody from this engine; asked a few times a second during a switch only. */
  arrivals(id: ParticipantId): Promise<Arrivals>
  /** Idempotent. */
  close(): Promise<void>
}

export type SignallingState =
  | { readonly status: 'connecting' }
  | { readonly status: 'connected' }
  /** Lost; attempt `attempt` starts at `retryAt` (ms since the epoch). */
  | { readonly status: 'reconnecting'; readonly attempt: number; readonly retryAt: number }
  /** Given up, or refused for good. */
  | { readonly status: 'failed'; readonly error: WireError }
  | { readonly status: 'closed' }

/** The connection to our server: typed requests and events, reconnection included. */
export interface Signalling {
  readonly state: ReadableStore<SignallingState>
  request<Name extends ClientEventName>(
    name: Name,
    payload: ClientPayload<Name>,
  ): Promise<Result<ClientAnswer<Name>, WireError>>
  /** Without an answer; dropped while disconnected. For signals, which a resumed link makes anew. */
  notify<Name extends ClientEventName>(name: Name, payload: ClientPayload<Name>): void
  on<Name extends ServerEventName>(name: Name, listener: (payload: ServerPayload<Name>) => void): () => void
  connect(): void
  /** Try now instead of at `retryAt`. */
  retryNow(): void
  close(): void
}

export type DeviceKind = 'microphone' | 'camera' | 'speaker'
export type Device = { readonly id: string; readonly kind: DeviceKind; readonly label: string }

export type MediaFailure = {
  readonly reason: 'denied' | 'no-device' | 'in-use' | 'insecure-context' | 'cancelled' | 'unknown'
  readonly cause: unknown
}

/** The browser's devices. */
export interface MediaDevicesPort {
  readonly devices: ReadableStore<readonly Device[]>
  openMicrophone(deviceId?: string): Promise<Result<MediaStreamTrack, MediaFailure>>
  openCamera(deviceId?: string): Promise<Result<MediaStreamTrack, MediaFailure>>
  openScreen(): Promise<Result<{ video: MediaStreamTrack; audio: MediaStreamTrack | null }, MediaFailure>>
  close(): void
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `task` after `ms`; the returned function prevents it. */
  after(ms: number, task: () => void): () => void
}
