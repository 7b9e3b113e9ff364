import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { NodePorts } from './nodeConfig.ts'

export type PortWishes = {
  /** As an operator has set them; taken as they are, whatever is on them. */
  readonly udp: number | undefined
  readonly tcp: number | undefined
  /** Fixed for `npm run sfu`; any free ones of the loopback address otherwise. */
  readonly signalling?: number
  readonly metrics?: number
}

const MEDIA_UDP = 7882
const MEDIA_TCP = 7881
/** How far is looked for a pair of media ports: another Parley of this machine may have the first. */
const TRIES = 50
const STEP = 2

/** @param former what the last run had, to be kept where it is still free: firewalls and browsers know it */
export async function choosePorts(wishes: PortWishes, former: NodePorts | null): Promise<NodePorts> {
  return {
    signalling: wishes.signalling ?? (await firstFree([former?.signalling ?? 0, 0], tcpFree('127.0.0.1'))),
    metrics: wishes.metrics ?? (await firstFree([former?.metrics ?? 0, 0], tcpFree('127.0.0.1'))),
    udp: wishes.udp ?? (await firstFree(candidates(former?.udp, MEDIA_UDP), udpFree)),
    tcp: wishes.tcp ?? (await firstFree(candidates(former?.tcp, MEDIA_TCP), tcpFree(undefined))),
  }
}

function candidates(former: number | undefined, first: number): number[] {
  const row = Array.from({ length: TRIES }, (_, index) => first + index * STEP)
  return former === undefined ? row : [former, ...row]
}

/** @returns the port that was bound to try it: the candidate, or the one that the system chose for 0 */
type Try = (port: number) => Promise<number | null>

async function firstFree(ports: readonly number[], tryPort: Try): Promise<number> {
  for (const port of ports) {
    const bound = await tryPort(port)
    if (bound !== null) return bound
  }
  throw new Error(`none of the ports ${ports[0]} to ${ports.at(-1)} is free`)
}

const tcpFree =
  (host: string | undefined): Try =>
  (port) =>
    new Promise((resolve) => {
      const server = createServer()
      server.once('error', () => resolve(null))
      server.listen({ port, host }, () => {
        const address = server.address()
        server.close(() => resolve(typeof address === 'object' && address ? address.port : null))
      })
    })

const udpFree: Try = (port) =>
  new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => {
      socket.close()
      resolve(null)
    })
    socket.bind({ port, exclusive: true }, () => {
      const bound = socket.address().port
      socket.close(() => resolve(bound))
    })
  })
