import { type ParticipantInfo, type WebhookEvent, WebhookReceiver } from 'livekit-server-sdk'
import { BoundedCache } from '#server/auth/BoundedCache.ts'
import type { Log } from '#server/log.ts'
import type { LiveKitSfu } from './LiveKitSfu.ts'
import { parseIdentityName, parseRoomName, roomNameOf } from './names.ts'
import type { PlacedRooms } from './PlacedRooms.ts'
import type { SfuGuard, SfuRoom } from './Sfu.ts'
import type { SfuNode } from './SfuNode.ts'
import type { SfuKeys } from './SfuTokens.ts'
import { isSameSources } from './trackSources.ts'

export type WatchDeps = {
  readonly rooms: PlacedRooms
  readonly sfu: LiveKitSfu
  readonly guard: SfuGuard
  readonly keys: SfuKeys
  readonly log: Log
}

const LOOK_EVERY_MS = 5_000
const REMEMBERED_EVENTS = 1_000
const HINTS = new Set(['participant_joined', 'track_published', 'room_finished'])

/**
 * Compares who is in LiveKit's rooms with who should be (ME-8, K9): every few seconds, and when a webhook hints that
 * something changed. Whoever the guard does not know is removed, whoever may send other than they should is told so; a room that is gone is told as lost. Only rooms that
 * this process has opened: another one answers for the others.
 */
export class RoomWatch {
  readonly #deps: WatchDeps
  readonly #receiver: WebhookReceiver
  /** Webhooks may come twice. */
  readonly #seen = new BoundedCache<string, true>(REMEMBERED_EVENTS)
  /** Prevents: two looks at one room, of which the slower one knows less. */
  readonly #looking = new Map<string, Promise<void>>()
  readonly #timer: NodeJS.Timeout

  constructor(deps: WatchDeps) {
    this.#deps = deps
    this.#receiver = new WebhookReceiver(deps.keys.key, deps.keys.secret)
    this.#timer = setInterval(() => void this.lookAtAll(), LOOK_EVERY_MS).unref()
  }

  /**
   * One event of LiveKit's, as it was sent. A hint and no more: what is true is asked of LiveKit then.
   *
   * @returns false when it is not signed with our key
   */
  async receive(body: string, authorization: string | undefined): Promise<boolean> {
    const event = await this.#receiver.receive(body, authorization).catch(() => null)
    if (!event) return false
    if (this.#seen.get(event.id)) return true
    this.#seen.set(event.id, true)
    await this.#follow(event)
    return true
  }

  async lookAtAll(): Promise<void> {
    await Promise.all(this.#deps.rooms.ours.map(({ room, node }) => this.#look(room, node)))
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #follow({ event, room }: WebhookEvent): Promise<void> {
    const known = HINTS.has(event) && room ? parseRoomName(room.name) : null
    const ours = known && this.#deps.rooms.ours.find((each) => roomNameOf(each.room) === roomNameOf(known))
    if (ours) await this.#look(ours.room, ours.node)
  }

  #look(room: SfuRoom, node: SfuNode): Promise<void> {
    const name = roomNameOf(room)
    const look =
      this.#looking.get(name) ?? this.#compare(room, name, node).finally(() => this.#looking.delete(name))
    this.#looking.set(name, look)
    return look
  }

  async #compare(room: SfuRoom, name: string, node: SfuNode): Promise<void> {
    const { rooms, log } = this.#deps
    if (node.state !== 'ready') return
    try {
      const [found] = await node.api.listRooms([name])
      if (!found) return rooms.reportLost(room)
      const present = await node.api.listParticipants(name)
      await Promise.all(present.map((one) => this.#check(room, node, one)))
    } catch (error) {
      // The next look is soon; until then nobody is removed on a guess.
      log.debug({ err: error, node: node.name }, 'who is in a room could not be compared')
    }
  }

  async #check(room: SfuRoom, node: SfuNode, found: ParticipantInfo): Promise<void> {
    const { identity: name, permission } = found
    const { sfu, guard, log } = this.#deps
    const identity = parseIdentityName(name)
    // A guard that cannot answer (it rejects) puts nobody out who is in.
    const permit = identity && (await guard.permits(room, identity))
    if (identity && permit) {
      // What they came with, or were told while they were coming, may be what was true a moment before.
      if (isSameSources(permission?.canPublishSources ?? [], permit.sources)) return
      return sfu.permit(room, identity, permit.sources)
    }
    log.warn(
      { room: roomNameOf(room), identity: name },
      'somebody was in a room of the media server who should not be',
    )
    if (identity) await sfu.remove(room, identity)
    else await node.api.removeParticipant(roomNameOf(room), name)
  }
}
