import type { PeerLink, PeerLinkOptions } from '#lib/call/mesh/PeerLink.ts'
import type { Source } from '#lib/call/ports.ts'
import type { LinkSignal } from '#lib/protocol/events.ts'
import { FakeClock, settle } from './FakeClock.ts'
import { FakeNetwork, type FakePeerConnection } from './FakePeerConnection.ts'

type Receiving = Pick<PeerLink, 'receive'>
export type End<Link> = {
  readonly link: Link
  /** All that it made, the present one last. */
  readonly connections: readonly FakePeerConnection[]
  readonly connection: FakePeerConnection
  readonly outbox: LinkSignal[]
}
export type PairTracks = { older?: [Source, MediaStreamTrack][]; newer?: [Source, MediaStreamTrack][] }

/** Two ends of one link over fake connections, and a wire that keeps each direction's order. */
export function linkPair<Link extends Receiving>(
  make: (options: PeerLinkOptions) => Link,
  tracks: PairTracks = {},
) {
  const network = new FakeNetwork()
  const clock = new FakeClock()
  const end = (initiates: boolean, own: [Source, MediaStreamTrack][] = []): End<Link> => {
    const connections: FakePeerConnection[] = []
    const outbox: LinkSignal[] = []
    const link = make({
      createConnection: () => {
        const connection = network.connection()
        connections.push(connection as unknown as FakePeerConnection)
        return connection
      },
      initiates,
      tracks: new Map(own),
      clock,
      startBps: () => (initiates ? 700_000 : 350_000),
      send: (signal) => outbox.push(signal),
      onSender: () => undefined,
      onNegotiated: () => undefined,
      onConnectionState: () => undefined,
    })
    return {
      link,
      connections,
      outbox,
      get connection() {
        const present = connections.at(-1)
        if (present === undefined) throw new Error('no connection was made')
        return present
      },
    }
  }
  const older = end(true, tracks.older)
  const newer = end(false, tracks.newer)
  /** Delivers until nothing is on its way; within a direction in order, as the wire does. */
  const exchange = async (choose: () => number = () => 0) => {
    await settle()
    await clock.advance(10)
    while (older.outbox.length + newer.outbox.length > 0) {
      const fromOlder = newer.outbox.length === 0 || (older.outbox.length > 0 && choose() < 0.5)
      const signal = (fromOlder ? older : newer).outbox.shift()
      if (signal !== undefined) void (fromOlder ? newer : older).link.receive(signal)
      if (choose() < 0.5) await settle()
      if (older.outbox.length + newer.outbox.length === 0) {
        await settle()
        await clock.advance(10)
      }
    }
  }
  return { network, clock, older, newer, exchange }
}

export const connected = ({ older, newer }: { older: End<unknown>; newer: End<unknown> }): boolean =>
  older.connection.reaches === newer.connection && newer.connection.reaches === older.connection
