import { conferenceId, instanceId, participantId } from '#lib/protocol/ids.ts'
import type { SfuIdentity, SfuRoom } from './Sfu.ts'

/** Below 2^31: a number that every reader of the name takes for the same one. */
const EPOCH = /^(0|[1-9]\d{0,9})$/

/** A room's name at LiveKit: nothing but which conference and which epoch; 122 random bits are in it. */
export function roomNameOf({ conferenceId, epoch }: SfuRoom): string {
  return `${conferenceId}.${epoch}`
}

/** The room by whose being there a process of LiveKit's says that it is about to end (drainNode). */
export const drainRoomOf = (instance: string): string => `drain.${instance}`

/** @returns null for a name that is not one of ours, whoever's deployment LiveKit is shared with */
export function parseRoomName(name: string): SfuRoom | null {
  const [conference = '', epoch = '', ...rest] = name.split('.')
  const parsed = conferenceId.safeParse(conference)
  if (!parsed.success || !EPOCH.test(epoch) || rest.length > 0) return null
  return { conferenceId: parsed.data, epoch: Number(epoch) }
}

/** A page load's name at LiveKit. Neither half is known to people outside the meeting, and none is used twice (K25). */
export function identityNameOf({ participantId, instanceId }: SfuIdentity): string {
  return `${participantId}.${instanceId}`
}

export function parseIdentityName(name: string): SfuIdentity | null {
  const [participant = '', instance = '', ...rest] = name.split('.')
  const who = participantId.safeParse(participant)
  const page = instanceId.safeParse(instance)
  if (!who.success || !page.success || rest.length > 0) return null
  return { participantId: who.data, instanceId: page.data }
}
