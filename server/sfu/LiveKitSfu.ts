import { setTimeout as sleep } from 'node:timers/promises'
import { TrackSource } from 'livekit-server-sdk'
import type { Log } from '#server/log.ts'
import type { NodePool } from './NodePool.ts'
import { identityNameOf, roomNameOf } from './names.ts'
import { type PlacedRooms, unavailable } from './PlacedRooms.ts'
import { SFU_PATH } from './paths.ts'
import type { RoomLoss, Sfu, SfuAccess, SfuIdentity, SfuRoom, SfuSource, SfuStatus } from './Sfu.ts'
import type { SfuTokens } from './SfuTokens.ts'
import { trackSourcesOf } from './trackSources.ts'

/** How long a removed person's connection waits for LiveKit to say goodbye on it. */
const REMOVE_PATIENCE_MS = 300

type Parts = {
  readonly pool: NodePool
  readonly rooms: PlacedRooms
  readonly tokens: SfuTokens
  readonly log: Log
}

/** Somebody who was put out of one room, or everybody of a room that was closed. */
export type Put = { readonly room: SfuRoom; readonly identity: SfuIdentity | null }

/**
 * LiveKit as the rooms use it. What is asked of it here is asked once, at the node that holds the room: whatever fails
 * is caught by the gate, which asks the guard, and by the reconciliation, which lists who is there.
 */
export class LiveKitSfu implements Sfu {
  readonly #parts: Parts
  readonly #statusListeners = new Set<() => void>()
  readonly #outListeners = new Set<(out: Put) => void>()
  #preparation: SfuStatus | null = { state: 'preparing', step: 'looking for a media server' }
  #told = ''

  constructor(parts: Parts) {
    this.#parts = parts
    parts.pool.onChange(() => this.#tellStatus())
  }

  get status(): SfuStatus {
    if (this.#preparation) return this.#preparation
    const { nodes, ready } = this.#parts.pool
    if (ready.length > 0) return { state: 'available', nodes: ready.length }
    const reason = nodes.map(
      ({ name, state }) => `${name} ${state === 'busy' ? 'takes no rooms' : 'does not answer'}`,
    )
    const goesOn = nodes.some(({ state, draining }) => state === 'busy' && !draining)
    return { state: goesOn ? 'busy' : 'unavailable', reason: reason.join(', ') }
  }

  /** For who installs and starts it: why there is no node yet; null from when the nodes speak for themselves. */
  prepare(status: SfuStatus | null): void {
    this.#preparation = status
    this.#tellStatus()
  }

  onStatus(listener: () => void): () => void {
    this.#statusListeners.add(listener)
    return () => this.#statusListeners.delete(listener)
  }

  onRoomLost(listener: (room: SfuRoom, loss: RoomLoss) => void): () => void {
    return this.#parts.rooms.onLost(listener)
  }

  /** For the gate: whose connections it has to end. */
  onPutOut(listener: (out: Put) => void): () => void {
    this.#outListeners.add(listener)
    return () => this.#outListeners.delete(listener)
  }

  async openRoom(room: SfuRoom, apartFrom?: SfuRoom): Promise<void> {
    await this.#parts.rooms.open(room, apartFrom)
  }

  async doubt(room: SfuRoom): Promise<void> {
    const node = await this.#parts.rooms.find(room)
    if (!node?.silent) this.#parts.log.warn({ ...room, node: node?.name }, 'people get no media from a node')
    node?.noteSilence()
  }

  async closeRoom(room: SfuRoom): Promise<void> {
    const node = await this.#parts.rooms.find(room)
    this.#parts.rooms.forget(room)
    await this.#quietly('closeRoom', async () => node?.api.deleteRoom(roomNameOf(room)))
    this.#tellOut({ room, identity: null })
  }

  disown(room: SfuRoom): void {
    this.#parts.rooms.forget(room)
    this.#tellOut({ room, identity: null })
  }

  async access(room: SfuRoom, identity: SfuIdentity, sources: readonly SfuSource[]): Promise<SfuAccess> {
    const node = await this.#parts.rooms.find(room)
    if (!node || node.state === 'down') throw unavailable()
    return { path: SFU_PATH, token: await this.#parts.tokens.sign(room, identity, sources) }
  }

  async permit(room: SfuRoom, identity: SfuIdentity, sources: readonly SfuSource[]): Promise<void> {
    await this.#quietly('permit', async () => {
      const node = await this.#parts.rooms.find(room)
      // LiveKit takes it as a whole: what is not said is taken away. What is sent and not allowed it unpublishes.
      await node?.api.updateParticipant(roomNameOf(room), identityNameOf(identity), {
        permission: {
          canSubscribe: true,
          canPublish: sources.length > 0,
          canPublishSources: trackSourcesOf(sources),
          canPublishData: false,
          canUpdateMetadata: false,
        },
      })
    })
  }

  async muteMicrophone(room: SfuRoom, identity: SfuIdentity): Promise<void> {
    const [name, who] = [roomNameOf(room), identityNameOf(identity)]
    await this.#quietly('muteMicrophone', async () => {
      const node = await this.#parts.rooms.find(room)
      const participant = await node?.api.getParticipant(name, who)
      for (const { sid, source, muted } of participant?.tracks ?? []) {
        if (source === TrackSource.MICROPHONE && !muted)
          await node?.api.mutePublishedTrack(name, who, sid, true)
      }
    })
  }

  async remove(room: SfuRoom, identity: SfuIdentity): Promise<void> {
    const told = this.#quietly('remove', async () => {
      const node = await this.#parts.rooms.find(room)
      await node?.api.removeParticipant(roomNameOf(room), identityNameOf(identity))
    })
    await Promise.race([told, sleep(REMOVE_PATIENCE_MS, undefined, { ref: false })])
    // LiveKit has told them by now, where it could be reached. Whatever it did, their connection ends here.
    this.#tellOut({ room, identity })
  }

  async close(): Promise<void> {
    this.#statusListeners.clear()
    this.#outListeners.clear()
  }

  /** Somebody or something that is not there (any more) is what was wanted. */
  async #quietly(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'not_found') return
      this.#parts.log.warn({ err: error, what }, 'the media server did not do what it was told')
    }
  }

  #tellOut(out: Put): void {
    for (const listener of [...this.#outListeners]) listener(out)
  }

  #tellStatus(): void {
    const now = JSON.stringify(this.status)
    if (now === this.#told) return
    this.#told = now
    for (const listener of [...this.#statusListeners]) listener()
  }
}
