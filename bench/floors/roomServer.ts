/**
 * The floor of signalling, a process of its own: a bare `ws` server that knows one room. A newcomer gets the roster,
 * everybody else one delta, a signal goes to one person. The same content as Parley's, without sessions, checks or
 * reconnection. Prints its port.
 */
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

type Incoming = { join?: { name: string; instanceId: string; media: unknown }; to?: string; signal?: unknown }

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
const room = new Map<string, { socket: WebSocket; participant: unknown }>()
let instances = 0

server.on('connection', (socket) => {
  const id = randomUUID()
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as Incoming
    if (message.join !== undefined) join(id, socket, message.join)
    else if (message.to !== undefined)
      room
        .get(message.to)
        ?.socket.send(JSON.stringify(['signal:received', { from: id, signal: message.signal }]))
  })
  socket.on('close', () => room.delete(id))
})

function join(id: string, socket: WebSocket, who: NonNullable<Incoming['join']>): void {
  instances += 1
  const participant = {
    id,
    instanceId: who.instanceId,
    instanceSeq: instances,
    name: who.name,
    role: 'guest',
    coHost: false,
    seat: instances,
    media: who.media,
    handRaisedAt: null,
    connected: true,
  }
  const delta = JSON.stringify([
    'roster:changed',
    { version: instances, changes: [{ type: 'joined', participant }] },
  ])
  for (const other of room.values()) other.socket.send(delta)
  room.set(id, { socket, participant })
  const participants = [...room.values()].map((one) => one.participant)
  socket.send(JSON.stringify(['snapshot', { version: instances, self: id, participants, chat: [] }]))
}

server.on('listening', () => console.log((server.address() as AddressInfo).port))
