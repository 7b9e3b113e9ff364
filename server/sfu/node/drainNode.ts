import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#server/log.ts'
import { drainRoomOf } from '../names.ts'
import { SfuNode } from '../SfuNode.ts'
import type { SfuKeys } from '../SfuTokens.ts'

/** Less than a step of closing may take. */
const PATIENCE_MS = 12_000
const LOOK_EVERY_MS = 250

/**
 * Says to every Parley that uses this node that it is about to end, and waits until they have led their people away:
 * each room is ordered onto another node while this one still serves. LiveKit itself only waits, and tells nobody.
 *
 * @param url as LIVEKIT_URL names the node
 */
export async function drainNode(url: string, keys: SfuKeys, log: Log): Promise<void> {
  const node = new SfuNode(url, keys)
  await node.check()
  const { instance } = node
  if (instance === null || node.load.participants === 0) return
  const name = drainRoomOf(instance)
  await node.api.createRoom({ name, nodeId: instance, metadata: instance })
  log.info({ participants: node.load.participants }, 'asked Parley to lead everybody to another node')
  const deadline = performance.now() + PATIENCE_MS
  while (node.load.participants > 0 && performance.now() < deadline) {
    await sleep(LOOK_EVERY_MS)
    await node.check()
  }
  await node.api.deleteRoom(name)
  log.info({ participants: node.load.participants }, 'drained')
}
