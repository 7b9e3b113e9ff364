import type { ClientPayload, MediaPolicy } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import type { REACTIONS } from '#lib/protocol/reactions.ts'
import type { ReadableStore } from '#lib/store.ts'
import type { CallNotice, CallState, LocalMedia } from './callState.ts'
import type { Device, DeviceKind, TileSize } from './ports.ts'
import type { OwnRecording } from './recording/OwnRecording.ts'

/** `recording:start`. */
export type RecordingChoice = ClientPayload<'recording:start'>

export type DeviceChoices = {
  readonly available: readonly Device[]
  readonly chosen: Readonly<Record<DeviceKind, string | null>>
}

/**
 * A call as the screen sees it: stores to render and commands to give. `Call` is the real one;
 * a component test hands in its own. Commands never throw: what fails becomes state or a notice.
 */
export interface CallHandle {
  readonly state: ReadableStore<CallState>
  readonly local: ReadableStore<LocalMedia>
  readonly devices: ReadableStore<DeviceChoices>
  /** Sound of each participant in the call, 0…1. */
  readonly levels: ReadableStore<ReadonlyMap<ParticipantId, number>>
  /** Sound of our own microphone, 0…1, in the green room too. */
  readonly ownLevel: ReadableStore<number>
  /** What this browser itself records. */
  readonly ownRecording: ReadableStore<OwnRecording>
  onNotice(listener: (notice: CallNotice) => void): () => void

  /** Opens the preview and the connection to the server; nobody sees or hears us yet. */
  prepare(): Promise<void>
  join(name?: string): Promise<void>
  leave(): Promise<void>
  setMicrophone(on: boolean): Promise<void>
  setCamera(on: boolean): Promise<void>
  setScreen(on: boolean): Promise<void>
  chooseDevice(kind: DeviceKind, id: string): Promise<void>
  setHand(raised: boolean): Promise<void>
  /** Whether we may be recorded, when we were asked. */
  answerRecording(agree: boolean): Promise<void>
  react(emoji: (typeof REACTIONS)[number]): Promise<void>
  sendMessage(text: string): Promise<void>
  retryMessage(id: string): Promise<void>
  setVisible(sizes: ReadonlyMap<ParticipantId, TileSize>): void
  retryNow(): void
  /** Server time in ms, by a clock that never jumps. */
  serverNow(): number
  /** Asks the server for the time once more, and for everything else that it knows. */
  compareClocks(): Promise<void>

  /* host */
  endForEveryone(): Promise<void>
  setMediaPolicy(policy: MediaPolicy): Promise<void>
  setCoHost(id: ParticipantId, coHost: boolean): Promise<void>

  /* host and co-hosts */
  admit(id: ParticipantId): Promise<void>
  decline(id: ParticipantId): Promise<void>
  setLobby(enabled: boolean): Promise<void>
  setPermission(what: Permission, allowed: boolean): Promise<void>
  mute(id: ParticipantId): Promise<void>
  remove(id: ParticipantId): Promise<void>
  lowerHand(id: ParticipantId): Promise<void>
  startRecording(how: RecordingChoice): Promise<void>
  stopRecording(): Promise<void>

  /** Ends everything this call started. Idempotent. */
  close(): void
}
