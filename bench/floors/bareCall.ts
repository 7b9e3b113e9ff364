import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'

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
  const sockets = new Map<string, WebSocket>()
  const webSockets = new WebSocketServer({ server, path: '/socket' })
  const sendTo = (socket: WebSocket, message: unknown) => socket.send(JSON.stringify(message))
  webSockets.on('connection', (socket) => {
    const id = randomUUID()
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { join?: string; to?: string; signal?: unknown }
      if (message.join !== undefined) {
        for (const other of sockets.values()) sendTo(other, { joined: { id, name: message.join } })
        sockets.set(id, socket)
      } else if (message.to !== undefined) {
        const to = sockets.get(message.to)
        if (to) sendTo(to, { from: id, signal: message.signal })
      }
    })
    socket.on('close', () => {
      if (sockets.delete(id)) for (const other of sockets.values()) sendTo(other, { left: id })
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
