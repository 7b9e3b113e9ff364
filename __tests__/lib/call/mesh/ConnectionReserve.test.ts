import { ConnectionReserve } from '#lib/call/mesh/ConnectionReserve.ts'
import type { IceServer } from '#lib/protocol/events.ts'
import { FakeNetwork } from '../../../support/FakePeerConnection.ts'

const TURN: IceServer[] = [{ urls: ['turn:turn.example.org'], username: 'u', credential: 'c' }]

function reserve() {
  const network = new FakeNetwork()
  const made: RTCPeerConnection[] = []
  const create = () => {
    const connection = network.connection()
    made.push(connection)
    return connection
  }
  return { made, reserve: new ConnectionReserve(create) }
}

test('[CALL-23] the connection made ahead is the one that is used, once', () => {
  const { made, reserve: ahead } = reserve()
  ahead.prepare([])
  ahead.prepare([])
  expect(made).toHaveLength(1)
  expect(ahead.take([])).toBe(made[0])
  expect(ahead.take([])).toBe(made[1])
  ahead.drop()
  expect(made.map((one) => one.signalingState)).toEqual(['stable', 'stable'])
})

test('[CALL-23] for other servers than those it was made for another one is made, and it is closed', () => {
  const { made, reserve: ahead } = reserve()
  ahead.prepare([])
  expect(ahead.take(TURN)).toBe(made[1])
  expect(made.map((one) => one.signalingState)).toEqual(['closed', 'stable'])
})

test('[CALL-23] one that nobody needed is closed', () => {
  const { made, reserve: ahead } = reserve()
  ahead.drop()
  ahead.prepare(TURN)
  ahead.drop()
  expect(made.map((one) => one.signalingState)).toEqual(['closed'])
})
