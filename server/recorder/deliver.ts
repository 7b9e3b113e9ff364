import { setTimeout as sleep } from 'node:timers/promises'
import { AnsweringServer } from './AnsweringServer.ts'
import { COMES_BACK_WITHIN_MS } from './judge.ts'
import type { Camera } from './RecordingTask.ts'

const LOOK_EVERY_MS = 250
/** This process ends: nobody waits for it for longer. */
const IN_HASTE_MS = 8_000
/** As long as a recording is interrupted at most: after that it is over, and takes nothing more in. */
export const LONGEST_MS = 10 * 60_000

/**
 * Ends recording in a page, and waits until the server has what the page has kept: for as long as that goes forward, or
 * the server is away.
 *
 * @returns whether the server has it, or takes no more
 */
export async function deliver(
  camera: Camera,
  serverAnswers: () => Promise<boolean>,
  inHaste: () => boolean,
): Promise<boolean> {
  if (camera.gone !== null) return false
  const server = new AnsweringServer(serverAnswers)
  const startedAt = performance.now()
  let acknowledged = -1
  let advancedAt = startedAt
  await camera.flush()
  while (camera.gone === null) {
    const report = await camera.report().catch(() => null)
    if (report?.delivered === true) return true
    const now = performance.now()
    if (report !== null && report.acknowledged !== acknowledged) {
      acknowledged = report.acknowledged
      advancedAt = now
      server.forget()
    }
    if (now - (inHaste() ? startedAt : advancedAt) > (inHaste() ? IN_HASTE_MS : LONGEST_MS)) return false
    if (now - advancedAt > IN_HASTE_MS && (await server.hasAnsweredFor(COMES_BACK_WITHIN_MS))) return false
    await Promise.race([sleep(LOOK_EVERY_MS), camera.whenGone])
  }
  return false
}
