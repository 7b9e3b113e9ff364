import type { Quality, Source } from '../ports.ts'

/** In pixels of the picture, not of CSS. */
export type PixelSize = { readonly width: number; readonly height: number }

/** One track of somebody else, as it arrives. The same object for as long as it is the same publication. */
export type SfuTrack = {
  readonly track: MediaStreamTrack
  readonly receiver: RTCRtpReceiver | undefined
  /** Pictures only: the largest that is of use now, or null for none at all. Asking for the same again costs nothing. */
  want(size: PixelSize | null): void
}

/** Somebody else in the room. */
export type SfuMember = {
  /** What the SFU thinks of their connection. */
  readonly quality: Quality
  readonly tracks: ReadonlyMap<Source, SfuTrack>
}

export type SfuRoomEvents = {
  /** Members, their tracks or their quality may have changed. */
  readonly onChange: () => void
  /** Out, and not by us: removed, the room gone, or given up after attempts to resume. Told once, after connecting. */
  readonly onLost: () => void
}

/**
 * One stay in one room of an SFU: the little that an engine needs of a client library. Never used again once it is lost
 * or closed.
 */
export interface SfuRoom {
  /** By identity, never ourselves. */
  members(): ReadonlyMap<string, SfuMember>
  /** Resolves once media can flow. Rejects when it cannot be reached, or does not let us in. */
  connect(url: string, token: string): Promise<void>
  /**
   * The track to send for a source, or null; before connecting as well. Of several under way the last one counts.
   * A track is neither stopped nor silenced nor given a voice: what its owner sets on it is what is sent.
   */
  send(source: Source, track: MediaStreamTrack | null): Promise<void>
  /** Takes back a mute that came from afar. */
  unmute(source: Source): Promise<void>
  /** Statistics of what sends our pictures. */
  sendReports(): Promise<readonly RTCStatsReport[]>
  /** Idempotent, at any moment. */
  close(): Promise<void>
}

/** A client library once it is loaded. */
export type SfuClient = { createRoom(events: SfuRoomEvents): SfuRoom }
