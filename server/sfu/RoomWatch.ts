import { setTimeout as sleep } from 'node:timers/promises'
import { type ParticipantInfo, type WebhookEvent, WebhookReceiver } from 'livekit-server-sdk'
import { BoundedCache } from '#server/auth/BoundedCache.ts'
import type { Log } from '#server/log.ts'
import type { SfuGate } from './createSfuGate.ts'
import { HeadCounts } from './HeadCounts.ts'
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
  readonly gate: Pick<SfuGate, 'connected'>
  readonly keys: SfuKeys
  readonly log: Log
}

const LOOK_EVERY_MS = 5_000
/** So long after it has let somebody in LiveKit must have written them down. */
const SETTLED_MS = 5_000
/** Who is just leaving is out of LiveKit's list a moment before their connection ends. */
const LEAVING_MS = 1_000
const REMEMBERED_EVENTS = 1_000
const HINTS = new Set(['participant_joined', 'track_published', 'room_finished'])

/**
 * Compares who is in LiveKit's rooms with who should be (ME-8, K9): every few seconds, and when a webhook hints that
 * something changed. Whoever the guard does not know is removed, whoever may send other than they should is told so; a
 * room that is gone, that is on two nodes, or whose list misses half of those who are connected to it, is told as lost.
 * Only rooms that this process has opened: another one answers for the others.
 */
export class RoomWatch {
  readonly #deps: WatchDeps
  readonly #receiver: WebhookReceiver
  /** Webhooks may come twice. */
  readonly #seen = new BoundedCache<string, true>(REMEMBERED_EVENTS)
  /** Prevents: two looks at one room, of which the slower one knows less. */
  readonly #looking = new Map<string, Promise<void>>()
  readonly #heads = new HeadCounts()
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
    const { ours } = this.#deps.rooms
    this.#heads.keep(new Set(ours.map(({ room }) => roomNameOf(room))))
    await Promise.all(ours.map(({ room, node }) => this.#look(room, node)))
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
    const { rooms, gate, log } = this.#deps
    if (node.state !== 'ready') return
    try {
      const [found] = await node.api.listRooms([name])
      if (!found) {
        // A Redis that lost its memory takes nobody's media away, only who comes next could not join them.
        const loss = gate.connected(room, 0).length > 0 ? 'leaving' : 'ended'
        // The standby that is taken now may be one whose place was forgotten with it.
        if (loss === 'leaving') await rooms.placeAgain()
        return rooms.reportLost(room, loss)
      }
      const present = await node.api.listParticipants(name)
      await Promise.all(present.map((one) => this.#check(room, node, one)))
      if (this.#isSplit(name, found.numParticipants, present)) return rooms.reportLost(room, 'leaving')
      if (await this.#isElsewhere(room, name, node, present)) rooms.reportLost(room, 'leaving')
    } catch (error) {
      // The next look is soon; until then nobody is removed on a guess.
      log.debug({ err: error, node: node.name }, 'who is in a room could not be compared')
    }
  }

  #isSplit(name: string, heads: number, present: readonly ParticipantInfo[]): boolean {
    const isSplit = this.#heads.isSplit(
      name,
      heads,
      present.map(({ identity }) => identity),
    )
    if (isSplit) this.#deps.log.warn({ room: name, heads, listed: present.length }, 'a room is on two nodes')
    return isSplit
  }

  /**
   * LiveKit over a Redis that has lost its memory writes a room down again when one of its people leaves, but not where it
   * is: whoever joins then is put on any node, apart from those who are in it. One of many who is missing has had bad luck
   * on a busy machine, and moving all the others would make it busier.
   */
  async #isElsewhere(
    room: SfuRoom,
    name: string,
    node: SfuNode,
    present: readonly ParticipantInfo[],
  ): Promise<boolean> {
    if (!this.#missesHalf(room, present)) return false
    await sleep(LEAVING_MS, undefined, { ref: false })
    const isElsewhere = this.#missesHalf(room, await node.api.listParticipants(name))
    if (isElsewhere) this.#deps.log.warn({ room: name }, 'people are in a room that is not listed')
    return isElsewhere
  }

  #missesHalf(room: SfuRoom, present: readonly ParticipantInfo[]): boolean {
    const listed = new Set(present.map(({ identity }) => identity))
    const inside = this.#deps.gate.connected(room, SETTLED_MS)
    const missing = inside.filter((name) => !listed.has(name))
    return missing.length > 0 && missing.length * 2 >= inside.length
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
