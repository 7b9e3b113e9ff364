import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'

type Message = {
  readonly join?: string
  readonly offer?: unknown
  readonly to?: string
  readonly signal?: unknown
}

export type BareCall = { readonly port: number; readonly url: string; close(): Promise<void> }

const page = (name: string) => readFileSync(join(process.cwd(), 'bench/floors', name))

/** Serves the bare pages and relays between everybody who joined: the least a call can be made of. */
export async function startBareCall(): Promise<BareCall> {
  const pages = new Map([
    ['/', page('bareCall.html')],
    ['/preview', page('barePreview.html')],
  ])
  const server = createServer((request, response) => {
    const found = pages.get(new URL(request.url ?? '/', 'http://floor').pathname)
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' }).end(found)
  })
  const people = new Map<string, { readonly name: string; readonly socket: WebSocket }>()
  const webSockets = new WebSocketServer({ server, path: '/socket' })
  const sendTo = (socket: WebSocket, message: unknown) => socket.send(JSON.stringify(message))
  webSockets.on('connection', (socket) => {
    const id = randomUUID()
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message
      if (message.join !== undefined) {
        const { join: name, offer } = message
        const [first] = people
        for (const [person, { socket: other }] of people)
          sendTo(other, { joined: { id, name, ...(person === first?.[0] ? { offer } : {}) } })
        if (first !== undefined) sendTo(socket, { offeredTo: { id: first[0], name: first[1].name } })
        people.set(id, { name, socket })
      } else if (message.to !== undefined) {
        const to = people.get(message.to)
        if (to) sendTo(to.socket, { from: id, signal: message.signal })
      }
    })
    socket.on('close', () => {
      if (people.delete(id)) for (const other of people.values()) sendTo(other.socket, { left: id })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://localhost:${port}`,
    close: async () => {
      for (const socket of webSockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
