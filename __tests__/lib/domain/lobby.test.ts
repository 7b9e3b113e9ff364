import { randomUUID } from 'node:crypto'
import { emptyLobby, knock, mustWait, takeFromDoor, type Waiting, waitingPeople } from '#lib/domain/lobby.ts'
import { instanceId, participantId } from '#lib/protocol/ids.ts'

const person = (name: string): Waiting => ({
  id: participantId.parse(randomUUID()),
  instanceId: instanceId.parse(randomUUID()),
  sessionId: randomUUID(),
  userId: null,
  name,
  role: 'guest',
  media: { microphone: false, camera: false, screen: false },
})

test.each([
  [true, 'host', false],
  [true, 'member', true],
  [true, 'guest', true],
  [false, 'guest', false],
] as const)('[RM-7] lobby %s, %s: waits %s', (on, role, waits) => {
  expect(mustWait(on, role)).toBe(waits)
})

test('[RM-10] nobody is taken from the door twice', () => {
  const wilma = person('Wilma')
  const lobby = knock(emptyLobby(2), wilma)
  if (!lobby) throw new Error('full')
  const first = takeFromDoor(lobby, wilma.id)
  expect(first.person).toBe(wilma)
  expect(takeFromDoor(first.lobby, wilma.id).person).toBeNull()
})

test('[K7] a host is shown an id and a name; [WS-13] the doorway is bounded', () => {
  const lobby = knock(emptyLobby(1), person('Wilma'))
  if (!lobby) throw new Error('full')
  expect(waitingPeople(lobby).map((shown) => Object.keys(shown))).toEqual([['id', 'name']])
  expect(knock(lobby, person('Walter'))).toBeNull()
})
