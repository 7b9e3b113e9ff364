import { randomUUID } from 'node:crypto'
import {
  applyChanges,
  coalesced,
  emptyRoster,
  freeSeat,
  giveUpSeat,
  loseConnection,
  type NewMember,
  participantsOf,
  type Roster,
  restoredRoster,
  returnToSeat,
  seatsGivenUp,
  seatToReturnTo,
  setHand,
  setMedia,
  takeSeat,
} from '#lib/domain/roster.ts'
import type { RosterChange } from '#lib/protocol/events.ts'
import { instanceId, type ParticipantId, participantId } from '#lib/protocol/ids.ts'

const SILENT = { microphone: false, camera: false, screen: false }
const newInstance = () => instanceId.parse(randomUUID())
const member = (sessionId: string = randomUUID()): NewMember => ({
  id: participantId.parse(randomUUID()),
  instanceId: newInstance(),
  sessionId,
  userId: null,
  name: 'Ada',
  role: 'guest',
  media: SILENT,
})

function seated(capacity: number, ...people: NewMember[]): Roster {
  let roster = emptyRoster(capacity)
  for (const person of people) {
    const step = takeSeat(roster, person)
    if (!step.ok) throw new Error(step.error)
    roster = step.value.roster
  }
  return roster
}

test('[RT-3] seats are given from the lowest, and a freed one is given again', () => {
  const [one, two, three] = [member(), member(), member()]
  const roster = giveUpSeat(seated(5, one, two, three), two.id, 'left').roster
  expect(freeSeat(roster)).toBe(1)
  expect(freeSeat(roster, new Set([1]))).toBe(3)
  expect(participantsOf(roster).map(({ seat }) => seat)).toEqual([0, 2])
})

test('[RM-10] an away seat counts: nobody new comes into a full room', () => {
  const [one, two] = [member(), member()]
  const roster = loseConnection(seated(2, one, two), one.id, 5).roster
  expect(takeSeat(roster, member())).toEqual({ ok: false, error: 'full' })
})

test.each([
  ['its own, named', 's1', 0, 0],
  ['another session’s, named', 's3', 0, null],
  ['none named, none of its own', 's3', null, null],
  ['none named, its own one is away', 's2', null, 1],
  ['none named, its own one is here', 's1', null, null],
  ['another’s named, its own one is away', 's2', 0, 1],
])('[RT-4] which seat a session returns to: %s', (_case, session, named, expected) => {
  const people = [member('s1'), member('s2')]
  const ids = people.map(({ id }) => id)
  const roster = loseConnection(seated(5, ...people), ids[1] as ParticipantId, 1).roster
  const seat = seatToReturnTo(roster, session, named === null ? null : (ids[named] ?? null))
  expect(seat).toBe(expected === null ? null : ids[expected])
})

test('[RT-4] the same instance keeps its number, a new one gets a higher one', () => {
  const [one, two] = [member(), member()]
  const roster = loseConnection(seated(5, one, two), one.id, 1).roster
  const same = returnToSeat(roster, one.id, one.instanceId, SILENT)
  expect(same.change).toMatchObject({ type: 'updated', participant: { instanceSeq: 0, connected: true } })
  const other = returnToSeat(roster, one.id, newInstance(), SILENT)
  expect(other.change).toMatchObject({ participant: { instanceSeq: 2, seat: 0 } })
})

test('[RT-5] a seat is kept for the grace and no longer', () => {
  const one = member()
  const roster = loseConnection(seated(5, one, member()), one.id, 1_000).roster
  expect(seatsGivenUp(roster, 1_999, 1_000)).toEqual([])
  expect(seatsGivenUp(roster, 2_000, 1_000)).toEqual([one.id])
})

test('[RT-1] what changes nothing tells nothing, and a raised hand keeps its place', () => {
  const one = member()
  const roster = seated(5, one)
  expect(setMedia(roster, one.id, { ...SILENT }).change).toBeNull()
  expect(setHand(roster, one.id, null).change).toBeNull()
  const raised = setHand(roster, one.id, 100).roster
  expect(setHand(raised, one.id, 200).change).toBeNull()
  expect(giveUpSeat(roster, participantId.parse(randomUUID()), 'left').change).toBeNull()
  expect(loseConnection(loseConnection(roster, one.id, 1).roster, one.id, 2).change).toBeNull()
})

test('[RT-10] a restored room: all away, numbers go on after the highest', () => {
  const people = [member(), member()].map((person, index) => ({
    ...person,
    instanceSeq: index + 6,
    seat: index,
    handRaisedAt: null,
    coHost: false,
  }))
  const roster = restoredRoster(5, people, 1)
  expect(participantsOf(roster).every(({ connected }) => !connected)).toBe(true)
  expect(roster.nextInstanceSeq).toBe(8)
})

describe('[RT-1] coalesced changes lead to the same roster', () => {
  const id = participantId.parse(randomUUID())
  const participant = (name: string) =>
    ({
      ...participantsOf(seated(1, { ...member(), id, name }))[0],
      name,
    }) as Extract<RosterChange, { type: 'joined' }>['participant']
  const joined = (name: string): RosterChange => ({ type: 'joined', participant: participant(name) })
  const updated = (name: string): RosterChange => ({ type: 'updated', participant: participant(name) })
  const left: RosterChange = { type: 'left', id, reason: 'left' }
  const kinds = (changes: RosterChange[]) => coalesced(changes).map(({ type }) => type)

  test.each([
    ['updates collapse', [updated('a'), updated('b')], ['updated']],
    ['joined, then updated is joined', [joined('a'), updated('b')], ['joined']],
    ['joined, then left is nothing', [joined('a'), left], []],
    ['updated, then left is left', [updated('a'), left], ['left']],
    ['left, then joined keeps the departure', [left, joined('a')], ['left', 'joined']],
    ['left, joined, left is left', [left, joined('a'), left], ['left']],
  ])('%s', (_case, changes, expected) => {
    expect(kinds(changes)).toEqual(expected)
    const known = new Map(changes[0]?.type === 'joined' ? [] : [[id, participant('before')]])
    expect(applyChanges(known, coalesced(changes))).toEqual(applyChanges(known, changes))
  })
})
