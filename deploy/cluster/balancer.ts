import http from 'node:http'
import net from 'node:net'

const CHECK_EVERY_MS = 500
const CHECK_TIMEOUT_MS = 2_000
const DIAL_TIMEOUT_MS = 1_000

export type Upstream = { readonly host: string; readonly port: number }

export interface Balancer {
  readonly port: number
  /** Which upstreams get new connections at present. */
  readonly healthy: readonly Upstream[]
  close(): Promise<void>
}

/**
 * A load balancer for one machine and for tests: TCP, in turn, to those whose `/api/health` says 200; whoever refuses
 * a connection is passed over at once. It says nothing of the client's address: in production stands nginx or the like
 * (nginx.conf), with TRUSTED_PROXY_HOPS=1.
 */
export async function startBalancer(port: number, upstreams: readonly Upstream[]): Promise<Balancer> {
  const down = new Set<Upstream>()
  const open = new Set<net.Socket>()
  let turn = 0

  const healthy = (): Upstream[] => upstreams.filter((upstream) => !down.has(upstream))

  async function connect(client: net.Socket): Promise<void> {
    turn += 1
    // With all of them down, whoever was wrongly taken for down gets a chance.
    const candidates = healthy().length > 0 ? healthy() : upstreams
    for (let tried = 0; tried < candidates.length; tried += 1) {
      const candidate = candidates[(turn + tried) % candidates.length]
      const upstream = candidate && (await dial(candidate))
      if (upstream) return join(client, upstream)
      if (candidate) down.add(candidate)
    }
    client.destroy()
  }

  function join(client: net.Socket, upstream: net.Socket): void {
    const ends = [client, upstream]
    for (const [at, end] of ends.entries()) {
      open.add(end)
      end.setNoDelay(true).on('error', () => end.destroy())
      end.once('close', () => {
        open.delete(end)
        ends[1 - at]?.destroySoon()
      })
    }
    client.pipe(upstream).pipe(client)
  }

  async function check(upstream: Upstream): Promise<void> {
    if (await isHealthy(upstream)) down.delete(upstream)
    else down.add(upstream)
  }

  const server = net.createServer({ pauseOnConnect: true }, (client) => {
    client.on('error', () => client.destroy())
    void connect(client)
  })
  await Promise.all(upstreams.map(check))
  const timer = setInterval(() => void Promise.all(upstreams.map(check)), CHECK_EVERY_MS).unref()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    get healthy() {
      return healthy()
    },
    async close() {
      clearInterval(timer)
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

/** @returns null when nobody takes the connection */
function dial(upstream: Upstream): Promise<net.Socket | null> {
  return new Promise((resolve) => {
    const socket = net.connect({ ...upstream, timeout: DIAL_TIMEOUT_MS })
    const fail = (): void => {
      socket.destroy()
      resolve(null)
    }
    socket.once('error', fail).once('timeout', fail)
    socket.once('connect', () => {
      socket.off('error', fail).off('timeout', fail).setTimeout(0)
      resolve(socket)
    })
  })
}

function isHealthy({ host, port }: Upstream): Promise<boolean> {
  return new Promise((resolve) => {
    // A loopback name: health may be asked without knowing PUBLIC_URL.
    const headers = { host: 'localhost' }
    http
      .get(
        { host, port, path: '/api/health', headers, timeout: CHECK_TIMEOUT_MS, agent: false },
        (response) => {
          response.resume()
          resolve(response.statusCode === 200)
        },
      )
      .on('timeout', function stalled(this: http.ClientRequest) {
        this.destroy()
      })
      .on('error', () => resolve(false))
  })
}
