import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { env, type RunningEnv } from '#server/env.ts'
import { hostPolicy } from './hostPolicy.ts'
import { refuseUpgrade } from './relaySockets.ts'
import { requestTarget } from './requestTarget.ts'

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown

export type UpgradeRoutes = {
  readonly '/socket.io/': UpgradeHandler
  /** The gate to the media server's signalling, for every path below. */
  readonly '/sfu/'?: UpgradeHandler
  /** Next's hot reload in development; null in production, where nothing else may upgrade. */
  readonly next: UpgradeHandler | null
}

/**
 * The one place where a connection may become a WebSocket (WS-16). Exactly `/socket.io/` goes to realtime, what is
 * below `/sfu/` to the gate, Next's own development socket to Next, all else is closed. Next adds a listener of its own
 * on the first request, which would end sockets whose path it does not know: it is taken off again before any event can
 * reach it.
 */
export function createUpgradeDispatcher(
  server: Server,
  routes: UpgradeRoutes,
  { PUBLIC_URL }: Pick<RunningEnv, 'PUBLIC_URL'> = env(),
): void {
  const hosts = hostPolicy(PUBLIC_URL)

  /** Next's own listener, once it has one: in development the only thing that answers its hot reload socket. */
  let adopted: UpgradeHandler | null = null

  const dispatch: UpgradeHandler = (request, socket, head) => {
    // A peer that resets while we decide is no error of ours.
    socket.on('error', () => socket.destroy())
    const target = requestTarget(request.url)
    if (!target) return refuseUpgrade(socket, '400 Bad Request')
    if (!hosts.isOwnHost(request.headers.host)) return refuseUpgrade(socket, '421 Misdirected Request')
    if (target.path === '/socket.io/') return routes['/socket.io/'](request, socket, head)
    if (routes['/sfu/'] && target.path.startsWith('/sfu/')) return routes['/sfu/'](request, socket, head)
    if (routes.next && target.path.startsWith('/_next/'))
      return (adopted ?? routes.next)(request, socket, head)
    return refuseUpgrade(socket, '404 Not Found')
  }

  server.on('upgrade', dispatch)
  server.on('newListener', (event: string, listener: (...args: unknown[]) => void) => {
    // The event comes before the listener is added, and the next tick before any socket's data.
    if (event !== 'upgrade') return
    adopted = (request, socket, head) => listener(request, socket, head)
    process.nextTick(() => server.off('upgrade', listener))
  })
}
