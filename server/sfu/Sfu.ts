import type { MediaState } from '#lib/protocol/events.ts'
import type { ConferenceId, InstanceId, ParticipantId } from '#lib/protocol/ids.ts'

/** A room on the SFU: one conference's media in one epoch. Never used again in another epoch. */
export type SfuRoom = { readonly conferenceId: ConferenceId; readonly epoch: number }

export const isSameRoom = (one: SfuRoom, other: SfuRoom): boolean =>
  one.conferenceId === other.conferenceId && one.epoch === other.epoch

/** One page load of one participant: never used again after a removal, because the seat's id is not. */
export type SfuIdentity = { readonly participantId: ParticipantId; readonly instanceId: InstanceId }

/** What somebody can send, as everybody is told of it: a screen with its sound. */
export type SfuSource = keyof MediaState

/** What somebody may send there; a recorder, and whom the host allows nothing, only receives. */
export type SfuPermit = { readonly sources: readonly SfuSource[] }

export type SfuStatus =
  /** Not wanted, or nothing found and nothing that could build it; `advice` holds lines a person can copy. */
  | { readonly state: 'absent'; readonly reason: string; readonly advice: readonly string[] }
  | { readonly state: 'preparing'; readonly step: string }
  | { readonly state: 'available'; readonly nodes: number }
  /** It takes no new rooms at present (too busy, or without its Redis); those that it has go on. */
  | { readonly state: 'busy'; readonly reason: string }
  /** There should be one, and it does not answer or is about to end. */
  | { readonly state: 'unavailable'; readonly reason: string }

/** What has become of the media in a room that is lost: it has ended, or it goes on until its node does. */
export type RoomLoss = 'ended' | 'leaving'

/** Where a browser connects (a path on our own origin, behind the gate), and with what. */
export type SfuAccess = { readonly path: string; readonly token: string }

/**
 * The selective forwarding unit, as the rooms see it. LiveKit stands behind it (LiveKitSfu); all that it is told is
 * decided here and asked again at the gate.
 */
export interface Sfu {
  readonly status: SfuStatus
  /** Called after each change of `status`. */
  onStatus(listener: () => void): () => void
  /**
   * A room whose node died, lost it, or is about to end: nobody can stay in it, or nobody else could join them. Told
   * within a blink of the upstream's close.
   */
  onRoomLost(listener: (room: SfuRoom, loss: RoomLoss) => void): () => void
  /**
   * Opens a room on the least loaded living node. Idempotent. @throws AppError unavailable
   *
   * @param apartFrom a room whose node may be any but the new one's
   */
  openRoom(room: SfuRoom, apartFrom?: SfuRoom): Promise<void>
  /** Most of the people in it say that no media comes through: for the admin to see, and other nodes to be preferred. */
  doubt(room: SfuRoom): Promise<void>
  /** Another process answers for it from now on: the room goes on, its connections through this gate end. */
  disown(room: SfuRoom): void
  /** Ends it for all who are in it. Never rejects: a room that cannot be reached ends by itself, empty. */
  closeRoom(room: SfuRoom): Promise<void>
  /** A pass for one page load, at most a minute long. The room must be open. @throws AppError unavailable */
  access(room: SfuRoom, identity: SfuIdentity, sources: readonly SfuSource[]): Promise<SfuAccess>
  /** From now on they may send these and no others; what they send of others ends. Never rejects. */
  permit(room: SfuRoom, identity: SfuIdentity, sources: readonly SfuSource[]): Promise<void>
  /** Takes somebody's microphone off the air; they can turn it on again. Never rejects. */
  muteMicrophone(room: SfuRoom, identity: SfuIdentity): Promise<void>
  /** Out, at once. The gate refuses the identity before this is called. Never rejects. */
  remove(room: SfuRoom, identity: SfuIdentity): Promise<void>
  close(): Promise<void>
}

/** Asked by the gate at each join, resume and restart of a media connection. Doubt is refusal. */
export interface SfuGuard {
  /**
   * What this page load may send, while it has its seat in this conference, the room is its present one, and its session
   * lives; else null: it has no business there.
   */
  permits(room: SfuRoom, identity: SfuIdentity): Promise<SfuPermit | null>
}
