import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join, normalize } from 'node:path'
import { transform } from '@swc/core'
import type { LiveKitServer } from './startLiveKit.ts'

export type SfuPage = {
  readonly url: string
  /** Cuts every signalling connection; new ones are let through. */
  cut(): void
  /** True: nobody gets a pass. */
  shut: boolean
  /** Passes given so far. */
  readonly passes: number
  close(): Promise<void>
}

const ROOT = process.cwd()

/**
 * A page without a framework around our engine: `lib/` is served as the ES modules it is, one file after another, and
 * `/sfu` leads to the media server as our gate's path does.
 */
export async function startSfuPage(livekit: LiveKitServer): Promise<SfuPage> {
  const sockets = new Set<Socket>()
  const page = { shut: false, passes: 0 }
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page')
    if (pathname === '/pass') {
      response.writeHead(page.shut ? 403 : 200).end(page.shut ? '' : await pass(searchParams))
      return
    }
    const file = await fileOf(pathname).catch(() => null)
    response.writeHead(file === null ? 404 : 200, { 'content-type': file?.type ?? 'text/plain' })
    response.end(file?.body)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    sockets.add(socket)
    relay(request, socket, livekit.port)
  })

  async function pass(parameters: URLSearchParams): Promise<string> {
    page.passes += 1
    const token = await livekit.token(parameters.get('room') ?? '', parameters.get('identity') ?? '')
    return JSON.stringify({ path: '/sfu', token })
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  return Object.assign(page, {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    cut,
    close: () => end(server, cut),
  })
}

async function fileOf(pathname: string): Promise<{ body: string; type: string }> {
  if (pathname === '/')
    return { body: await read('__tests__/browser/support/sfuPage.html'), type: 'text/html' }
  const type = 'text/javascript'
  if (pathname === '/livekit-client.js') {
    return { body: await read('node_modules/livekit-client/dist/livekit-client.esm.mjs'), type }
  }
  if (!pathname.startsWith('/lib/')) throw new Error('no such file')
  const { code } = await transform(await read(normalize(pathname).slice(1)), {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
    swcrc: false,
    configFile: false,
  })
  return { body: code, type }
}

const read = (file: string): Promise<string> => readFile(join(ROOT, file), 'utf8')

/** The request as it came, without the prefix of its path, and then bytes both ways. */
function relay(request: IncomingMessage, socket: Socket, port: number): void {
  const upstream = connect(port, '127.0.0.1')
  const headers = request.rawHeaders
    .map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`))
    .join('')
  upstream.write(`GET ${request.url?.replace(/^\/sfu/, '')} HTTP/1.1\r\n${headers}\r\n`)
  socket.pipe(upstream).pipe(socket)
  for (const [one, other] of [
    [socket, upstream],
    [upstream, socket],
  ] as const) {
    one.on('error', () => other.destroy()).on('close', () => other.destroy())
  }
}

async function end(server: Server, cut: () => void): Promise<void> {
  cut()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
