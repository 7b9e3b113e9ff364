import type { MediaState, Participant, Role, RosterChange } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import { fail, ok, type Result } from '#lib/result.ts'

/** Somebody with a seat: what everybody sees, and what only the server knows. */
export type Member = {
  readonly participant: Participant
  readonly sessionId: string
  readonly userId: string | null
  /** When the connection was lost (ms since the epoch), or null while it is there. */
  readonly lostAt: number | null
}

/** Who sits in a room. Immutable: each transition gives a new one and the changes to tell. */
export type Roster = {
  readonly capacity: number
  readonly members: ReadonlyMap<ParticipantId, Member>
  /** Given to the next instance; never goes back, so of two instances the lower one was there first. */
  readonly nextInstanceSeq: number
}

export type RosterStep = { readonly roster: Roster; readonly change: RosterChange | null }

export type NewMember = {
  readonly id: ParticipantId
  readonly instanceId: InstanceId
  readonly sessionId: string
  readonly userId: string | null
  readonly name: string
  readonly role: Role
  readonly media: MediaState
}

/** A seat as the database remembers it. */
export type KeptSeat = NewMember & {
  readonly instanceSeq: number
  readonly seat: number
  readonly handRaisedAt: number | null
  readonly coHost: boolean
}

/** A recorder sits in the room as far as media goes, and counts nowhere else (REC-10). */
export const isPerson = ({ role }: { readonly role: Role }): boolean => role !== 'recorder'

/** How many people sit here. */
export function peopleIn(roster: Roster): number {
  let people = 0
  for (const { participant } of roster.members.values()) if (isPerson(participant)) people += 1
  return people
}

/** There is one at most. */
export const recordersIn = (roster: Roster): ParticipantId[] =>
  [...roster.members].flatMap(([id, { participant }]) => (isPerson(participant) ? [] : [id]))

export const emptyRoster = (capacity: number): Roster => ({
  capacity,
  members: new Map(),
  nextInstanceSeq: 0,
})

/**
 * The room after a restart: everybody who sat there, away until they return, with the instances they had,
 * so that links between two of them go on.
 */
export function restoredRoster(capacity: number, seats: readonly KeptSeat[], now: number): Roster {
  const members = new Map<ParticipantId, Member>()
  let nextInstanceSeq = 0
  for (const { sessionId, userId, ...shown } of seats) {
    members.set(shown.id, { sessionId, userId, lostAt: now, participant: { ...shown, connected: false } })
    nextInstanceSeq = Math.max(nextInstanceSeq, shown.instanceSeq + 1)
  }
  return { capacity, members, nextInstanceSeq }
}

/** The lowest seat that nobody sits on and that is not among `taken`. */
export function freeSeat(roster: Roster, taken: ReadonlySet<number> = new Set()): number {
  const used = new Set(taken)
  for (const { participant } of roster.members.values()) used.add(participant.seat)
  let seat = 0
  while (used.has(seat)) seat += 1
  return seat
}

/**
 * Sits down somebody new. A kept seat counts as occupied: a room is never fuller than its capacity. A recorder takes
 * nobody's place.
 */
export function takeSeat(
  roster: Roster,
  newcomer: NewMember,
  seat = freeSeat(roster),
): Result<RosterStep, 'full'> {
  if (isPerson(newcomer) && peopleIn(roster) >= roster.capacity) return fail('full')
  const { id, instanceId, name, role, media, sessionId, userId } = newcomer
  const participant: Participant = {
    id,
    instanceId,
    instanceSeq: roster.nextInstanceSeq,
    name,
    role,
    coHost: false,
    seat,
    media,
    handRaisedAt: null,
    connected: true,
  }
  return ok({
    roster: {
      ...withMember(roster, { participant, sessionId, userId, lostAt: null }),
      nextInstanceSeq: roster.nextInstanceSeq + 1,
    },
    change: { type: 'joined', participant },
  })
}

/**
 * The seat that a session may return to: the one it names, if that is its own, else one of its own that is away.
 * Null when there is none: then it is a newcomer.
 */
export function seatToReturnTo(
  roster: Roster,
  sessionId: string,
  named: ParticipantId | null,
): ParticipantId | null {
  if (named !== null && roster.members.get(named)?.sessionId === sessionId) return named
  for (const [id, member] of roster.members) {
    if (member.sessionId === sessionId && member.lostAt !== null) return id
  }
  return null
}

/** Back on the same seat. The same instance keeps its number, so that its links stay; another one gets the next. */
export function returnToSeat(
  roster: Roster,
  id: ParticipantId,
  instanceId: InstanceId,
  media: MediaState,
): RosterStep {
  const member = roster.members.get(id)
  if (!member) return { roster, change: null }
  const same = member.participant.instanceId === instanceId
  const participant: Participant = {
    ...member.participant,
    instanceId,
    instanceSeq: same ? member.participant.instanceSeq : roster.nextInstanceSeq,
    media,
    connected: true,
  }
  const next = withMember(roster, { ...member, participant, lostAt: null })
  return {
    roster: same ? next : { ...next, nextInstanceSeq: roster.nextInstanceSeq + 1 },
    change: { type: 'updated', participant },
  }
}

/** The connection is gone; the seat is kept. */
export function loseConnection(roster: Roster, id: ParticipantId, now: number): RosterStep {
  const member = roster.members.get(id)
  if (!member || member.lostAt !== null) return { roster, change: null }
  const participant: Participant = { ...member.participant, connected: false }
  return {
    roster: withMember(roster, { ...member, participant, lostAt: now }),
    change: { type: 'updated', participant },
  }
}

export type LeaveReason = Extract<RosterChange, { type: 'left' }>['reason']

/** The seat is free again. */
export function giveUpSeat(roster: Roster, id: ParticipantId, reason: LeaveReason): RosterStep {
  if (!roster.members.has(id)) return { roster, change: null }
  const members = new Map(roster.members)
  members.delete(id)
  return { roster: { ...roster, members }, change: { type: 'left', id, reason } }
}

/** Those who have been away for `graceMs` or longer. */
export function seatsGivenUp(roster: Roster, now: number, graceMs: number): ParticipantId[] {
  const away: ParticipantId[] = []
  for (const [id, { lostAt }] of roster.members) {
    if (lostAt !== null && now - lostAt >= graceMs) away.push(id)
  }
  return away
}

/** What somebody says they send. */
export const setMedia = (roster: Roster, id: ParticipantId, media: MediaState): RosterStep =>
  edit(roster, id, (participant) => ({ ...participant, media }))

/** Named by the host, or taken back: the seat's, and gone with it (HOST-3). */
export const setCoHost = (roster: Roster, id: ParticipantId, coHost: boolean): RosterStep =>
  edit(roster, id, (participant) => ({ ...participant, coHost }))

/** @param raisedAt ms since the epoch, or null to lower it. A raised hand keeps its place in the order. */
export const setHand = (roster: Roster, id: ParticipantId, raisedAt: number | null): RosterStep =>
  edit(roster, id, (participant) => ({
    ...participant,
    handRaisedAt: raisedAt === null ? null : (participant.handRaisedAt ?? raisedAt),
  }))

/** Everybody in the order of their seats. */
export function participantsOf(roster: Roster): Participant[] {
  return [...roster.members.values()]
    .map((member) => member.participant)
    .sort((one, other) => one.seat - other.seat)
}

/** What a receiver of `changes` does with the people it knows. */
export function applyChanges(
  people: ReadonlyMap<ParticipantId, Participant>,
  changes: readonly RosterChange[],
): ReadonlyMap<ParticipantId, Participant> {
  const next = new Map(people)
  for (const change of changes) {
    if (change.type === 'left') next.delete(change.id)
    else next.set(change.participant.id, change.participant)
  }
  return next
}

/**
 * The shortest list that leads to the same roster: for each participant at most one `left` before at most one
 * `joined` or `updated`. A link must not survive a departure, so a `left` that others may act on is kept.
 */
export function coalesced(changes: readonly RosterChange[]): RosterChange[] {
  const result = new Map<string, RosterChange>()
  for (const change of changes) {
    if (change.type === 'left') {
      const arrived = result.get(change.id)
      const known = arrived?.type !== 'joined' || result.has(`left ${change.id}`)
      result.delete(change.id)
      if (known && !result.has(`left ${change.id}`)) result.set(`left ${change.id}`, change)
    } else {
      const { id } = change.participant
      const before = result.get(id)
      result.set(id, before?.type === 'joined' ? { type: 'joined', participant: change.participant } : change)
    }
  }
  return [...result.values()]
}

function edit(
  roster: Roster,
  id: ParticipantId,
  change: (participant: Participant) => Participant,
): RosterStep {
  const member = roster.members.get(id)
  if (!member) return { roster, change: null }
  const participant = change(member.participant)
  if (sameShown(participant, member.participant)) return { roster, change: null }
  return { roster: withMember(roster, { ...member, participant }), change: { type: 'updated', participant } }
}

function sameShown(one: Participant, other: Participant): boolean {
  return (
    one.coHost === other.coHost &&
    one.handRaisedAt === other.handRaisedAt &&
    one.media.microphone === other.media.microphone &&
    one.media.camera === other.media.camera &&
    one.media.screen === other.media.screen
  )
}

function withMember(roster: Roster, member: Member): Roster {
  const members = new Map(roster.members)
  members.set(member.participant.id, member)
  return { ...roster, members }
}
