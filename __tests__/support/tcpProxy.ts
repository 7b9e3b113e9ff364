import { connect, createServer, type Socket } from 'node:net'

/** A line to a server that a test can cut, let hang and mend again. */
export async function startTcpProxy(target: URL) {
  /** Each with its other end, once it has one. */
  const clients = new Map<Socket, Socket | null>()
  let state: 'open' | 'shut' | 'hanging' = 'open'

  const relay = (client: Socket, upstream: Socket): void => void client.pipe(upstream).pipe(client)

  function lead(client: Socket): void {
    const upstream = connect(Number(target.port || 5432), target.hostname)
    clients.set(client, upstream)
    for (const socket of [client, upstream]) {
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
    relay(client, upstream)
  }

  const server = createServer((client) => {
    if (state === 'shut') {
      client.destroy()
      return
    }
    clients.set(client, null)
    client.on('error', () => client.destroy())
    client.on('close', () => clients.delete(client))
    if (state === 'open') lead(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(address.port)
  const shut = () => {
    state = 'shut'
    for (const client of clients.keys()) client.destroy()
  }
  return {
    url: url.href,
    shut,
    /** As a network without a word: connections stand, and nothing passes. What waits passes once it is open. */
    hang() {
      state = 'hanging'
      for (const [client, upstream] of clients) {
        client.unpipe()
        upstream?.unpipe()
      }
    },
    open() {
      const waited = state === 'hanging'
      state = 'open'
      if (!waited) return
      for (const [client, upstream] of clients) {
        if (upstream === null) lead(client)
        else relay(client, upstream)
      }
    },
    async close() {
      shut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
