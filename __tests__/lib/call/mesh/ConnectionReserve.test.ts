import { ConnectionReserve } from '#lib/call/mesh/ConnectionReserve.ts'
import type { IceServer } from '#lib/protocol/events.ts'
import { FakeNetwork } from '../../../support/FakePeerConnection.ts'

const TURN: IceServer[] = [{ urls: ['turn:turn.example.org'], username: 'u', credential: 'c' }]

function reserve() {
  const network = new FakeNetwork()
  const made: RTCPeerConnection[] = []
  const create = (configuration: RTCConfiguration) => {
    const connection = network.connection()
    connection.setConfiguration(configuration)
    made.push(connection)
    return connection
  }
  return { made, reserve: new ConnectionReserve(create) }
}

const poolOf = (connection: RTCPeerConnection | undefined) =>
  connection?.getConfiguration().iceCandidatePoolSize

test('[CALL-23] the connection made ahead is the one that is used, once', () => {
  const { made, reserve: ahead } = reserve()
  ahead.prepare()
  ahead.prepare()
  expect(made).toHaveLength(1)
  expect(poolOf(made[0])).toBe(1)
  expect(ahead.take([])).toBe(made[0])
  expect(ahead.take([])).toBe(made[1])
  ahead.drop()
  expect(made.map((one) => one.signalingState)).toEqual(['stable', 'stable'])
})

test('[CALL-23] it is told of the servers that the room names', () => {
  const { made, reserve: ahead } = reserve()
  ahead.prepare()
  expect(ahead.take(TURN)).toBe(made[0])
  expect(made[0]?.getConfiguration()).toEqual({
    bundlePolicy: 'max-bundle',
    iceCandidatePoolSize: 1,
    iceServers: TURN,
  })
})

test('[CALL-23] who waits alone holds one that looks for nothing, until somebody comes', () => {
  const { made, reserve: ahead } = reserve()
  ahead.prepare()
  ahead.hold()
  expect(made.map((one) => one.signalingState)).toEqual(['closed', 'stable'])
  expect(poolOf(made[1])).toBe(0)
  expect(ahead.take(TURN)).toBe(made[1])
  expect([poolOf(made[1]), made[1]?.getConfiguration().iceServers]).toEqual([1, TURN])
})

test('[CALL-23] one that nobody needed is closed', () => {
  const { made, reserve: ahead } = reserve()
  ahead.drop()
  ahead.hold()
  ahead.drop()
  expect(made.map((one) => one.signalingState)).toEqual(['closed'])
})
