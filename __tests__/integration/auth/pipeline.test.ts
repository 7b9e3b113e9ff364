import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createUpgradeDispatcher } from '#server/http/createUpgradeDispatcher.ts'
import { apiSuite } from '../../support/apiSuite.ts'
import { signedInUser } from '../../support/session.ts'

/** What reached the pages behind the pipeline. */
const reached: IncomingHttpHeaders[] = []
const upgraded: string[] = []

const suite = apiSuite({}, async (request, response) => {
  reached.push({ ...request.headers })
  response.end('page')
})
beforeAll(async () => {
  createUpgradeDispatcher(
    suite.api.server,
    {
      '/socket.io/': (request, socket) => {
        upgraded.push(String(request.url))
        socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
      },
      next: null,
    },
    { PUBLIC_URL: suite.api.origin },
  )
})
afterEach(() => {
  reached.length = 0
  upgraded.length = 0
})

/** Bytes as they are, for what Node's client would not send. */
async function raw(text: string): Promise<string> {
  const socket = connect(suite.api.port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.write(text.replaceAll('\n', '\r\n'))
  await once(socket, 'close')
  return Buffer.concat(chunks).toString()
}
const host = () => new URL(suite.api.origin).host

describe('[NX-3] [K38] the corpus of proxy bypasses', () => {
  const headers: Record<string, string>[] = [
    { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' },
    {
      'x-middleware-subrequest': 'src/middleware:src/middleware:src/middleware:src/middleware:src/middleware',
    },
    { 'x-middleware-rewrite': '/api/session' },
    { 'x-middleware-next': '1' },
    { 'x-nextjs-data': '1' },
    { 'next-resume': '1' },
    { 'next-action': 'x' },
    { rsc: '1' },
    { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/_tree' },
    { 'x-invoke-path': '/api/session' },
    { 'x-matched-path': '/api/session' },
    { 'x-now-route-matches': '1' },
    { 'x-original-url': '/api/session' },
    { 'x-rewrite-url': '/api/session' },
    { 'x-http-method-override': 'GET' },
    { 'x-forwarded-host': 'evil.example' },
    { 'x-parley-address': '127.0.0.1', 'x-parley-local': '1', 'x-parley-user': 'admin' },
    { authorization: 'Bearer x' },
  ]

  it.each(headers)('with %j an admin’s route is as closed as without', async (extra) => {
    const answer = await suite.api.ask('/api/admin/users', { headers: extra })
    expect([answer.status, answer.json().error?.code]).toEqual([401, 'unauthenticated'])
  })

  it('none of what Next’s own layers say to each other gets through from outside', async () => {
    await suite.api.ask('/', { headers: Object.assign({}, ...headers) })
    const passed = Object.keys(reached[0] ?? {})
    expect(
      passed.filter((name) =>
        /^(x-middleware|x-nextjs|x-invoke|x-now|x-matched|next-action|next-resume)/.test(name),
      ),
    ).toEqual([])
    expect(reached[0]).toMatchObject({
      rsc: '1',
      'x-forwarded-host': host(),
      'x-parley-address': '127.0.0.1',
    })
    expect(reached[0]).not.toHaveProperty('x-parley-user')
    // A proxy's header came along, so this was not a request straight from this machine.
    expect(reached[0]).not.toHaveProperty('x-parley-local')
  })

  it.each([
    '//api/admin/users',
    '/api//admin/users',
    '/api%2fadmin/users',
    '/api/admin%2Fusers',
    '/api/x/../admin/users',
    '/api/%2e%2e/api/admin/users',
    '/api\\admin\\users',
    '/api/admin/users%00',
  ])('the path %s is refused', async (path) => {
    expect((await suite.api.ask(path)).status).toBe(400)
  })

  it.each([
    '/api/admin/users?_rsc=x',
    '/api/admin/users?id=1&id=2',
    '/en/api/admin/users',
    '/api/admin/users.rsc',
    '/api/admin/users/',
  ])('%s shows nothing', async (path) => {
    const { status } = await suite.api.ask(path)
    expect([200, 401, 404]).toContain(status)
    expect((await suite.api.ask(path)).text).not.toContain('liveSessions')
  })

  it.each(['HEAD', 'OPTIONS', 'TRACE', 'CONNECTX', 'PUT', 'DELETE', 'PATCH'])(
    '%s opens nothing',
    async (method) => {
      const answer = await raw(`${method} /api/admin/users HTTP/1.1\nHost: ${host()}\nConnection: close\n\n`)
      expect(answer).toMatch(/^HTTP\/1\.1 (400|401|403|404|405) /)
      expect(reached).toEqual([])
    },
  )

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])('%s to a page does not reach it', async (method) => {
    expect((await suite.api.ask('/meetings', { method })).status).toBe(405)
    expect(reached).toEqual([])
  })
})

describe('[SE-11] [K19] the Host header and the request target', () => {
  it.each(['evil.example', '169.254.169.254', 'localhost:1', 'localhost', ''])(
    'Host %j is not ours',
    async (name) => {
      expect(await raw(`GET / HTTP/1.1\nHost: ${name}\nConnection: close\n\n`)).toMatch(
        /^HTTP\/1\.1 4(00|21) /,
      )
      expect(reached).toEqual([])
    },
  )

  it.each(['http://169.254.169.254/latest', 'http://evil.example/', '*'])(
    'the target %s is refused',
    async (target) => {
      expect(await raw(`GET ${target} HTTP/1.1\nHost: ${host()}\nConnection: close\n\n`)).toMatch(
        /^HTTP\/1\.1 400 /,
      )
      expect(reached).toEqual([])
    },
  )

  it('[BOOT-34] a health check is answered without a page behind it, and may come by any loopback name', async () => {
    const ask = (method: string) =>
      raw(`${method} /api/health HTTP/1.1\nHost: 127.0.0.1:9\nConnection: close\n\n`)
    expect(await ask('GET')).toMatch(/^HTTP\/1\.1 200 [\s\S]*"database":"ok"/)
    expect(await ask('HEAD')).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/)
    expect(await ask('POST')).toMatch(/^HTTP\/1\.1 4\d\d /)
  })

  it('[NX-9] a request with two lengths or two encodings is refused', async () => {
    const start = `POST /api/sign-up HTTP/1.1\nHost: ${host()}\nConnection: close\n`
    expect(await raw(`${start}Content-Length: 3\nTransfer-Encoding: chunked\n\n0\n\n`)).toMatch(
      /^HTTP\/1\.1 400 /,
    )
    expect(await raw(`${start}Content-Length: 3\nContent-Length: 4\n\nabcd`)).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('[NX-9] a body that says it is too large is refused before it is read, and one that does not say so while', async () => {
    const big = JSON.stringify({ name: 'x'.repeat(70_000) })
    expect(
      (await suite.api.ask('/api/sign-up', { raw: big, headers: { 'content-length': '70011' } })).status,
    ).toBe(413)
    const chunked = await suite.api.ask('/api/sign-up', {
      raw: big,
      headers: { 'transfer-encoding': 'chunked' },
    })
    expect([chunked.status, chunked.json().error?.message]).toEqual([400, 'The body is too large.'])
  })

  it('[NX-9] who is refused and goes on sending reads why all the same', async () => {
    const socket = connect(suite.api.port, '127.0.0.1')
    let said = ''
    socket.on('data', (piece: Buffer) => {
      said += piece.toString()
    })
    socket.on('error', () => undefined)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.pause()
    socket.write(`PUT /api/x HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 10000000\r\n\r\n`)
    // More than is read along with the headers, and more again once the answer lies there.
    for (const _piece of [1, 2, 3, 4]) {
      socket.write(Buffer.alloc(200_000))
      await delay(100)
    }
    socket.resume()
    await closed
    expect(said).toMatch(/^HTTP\/1\.1 413 /)
    expect(said).toContain('The body is too large.')
  })
})

describe('[WS-16] upgrades', () => {
  const upgrade = (target: string, name = host()) =>
    raw(`GET ${target} HTTP/1.1\nHost: ${name}\nConnection: Upgrade\nUpgrade: websocket\n\n`)

  it('/socket.io/ is upgraded, also after others have added listeners of their own', async () => {
    let foreign = 0
    suite.api.server.on('upgrade', (_request, socket) => {
      foreign += 1
      socket.end()
    })
    await new Promise((resolve) => process.nextTick(resolve))
    expect(await upgrade('/socket.io/?EIO=4')).toMatch(/^HTTP\/1\.1 101 /)
    expect([upgraded, foreign]).toEqual([['/socket.io/?EIO=4'], 0])
  })

  it.each([
    '/',
    '/meetings',
    '/socket.io',
    '/socket.io/x',
    '/_next/hmr',
    'http://169.254.169.254/',
    '//socket.io/',
  ])('%s is not', async (target) => {
    expect(await upgrade(target)).toMatch(/^HTTP\/1\.1 40[04] /)
    expect(upgraded).toEqual([])
  })

  it('[K19] an absolute-form upgrade reaches nobody: not the host it names, not the next handler', async () => {
    const canary = createServer()
    let touched = 0
    canary.on('connection', () => {
      touched += 1
    })
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
    const { port } = canary.address() as AddressInfo
    for (const target of [`http://127.0.0.1:${port}/`, `http://127.0.0.1:${port}/socket.io/`]) {
      expect(await upgrade(target)).toMatch(/^HTTP\/1\.1 400 /)
      expect(await upgrade(target, `127.0.0.1:${port}`)).toMatch(/^HTTP\/1\.1 4(00|21) /)
    }
    expect([touched, upgraded]).toEqual([0, []])
    expect(await upgrade('/socket.io/?EIO=4')).toMatch(/^HTTP\/1\.1 101 /)
    await new Promise((resolve) => canary.close(resolve))
  })

  it('nor for another host', async () => {
    expect(await upgrade('/socket.io/', 'evil.example')).toMatch(/^HTTP\/1\.1 421 /)
  })
})

describe('[NX-7] what every answer carries', () => {
  it('a policy with a nonce of its own for each page, which the page is told and no client can choose', async () => {
    const sent = { 'content-security-policy': "script-src 'nonce-evil'", 'x-nonce': 'evil' }
    const [first, second] = [
      await suite.api.ask('/', { headers: sent }),
      await suite.api.ask('/', { headers: sent }),
    ]
    const nonce = (answer: typeof first) =>
      /'nonce-([A-Za-z0-9+/=]+)'/.exec(String(answer.headers['content-security-policy']))?.[1]
    expect(Buffer.from(String(nonce(first)), 'base64').length).toBeGreaterThanOrEqual(16)
    expect(nonce(first)).not.toBe(nonce(second))
    expect(reached.map((headers) => headers['content-security-policy'])).toEqual(
      [first, second].map(({ headers }) => headers['content-security-policy']),
    )
    const policy = String(first.headers['content-security-policy'])
    for (const part of [
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      `connect-src 'self' ws://${host()}`,
    ]) {
      expect(policy).toContain(part)
    }
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/)
  })

  it.each(['/', '/api/session', '/api/nothing', '/%00'])('%s: fixed headers', async (path) => {
    expect((await suite.api.ask(path)).headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': expect.stringContaining(
        'camera=(self), microphone=(self), display-capture=(self)',
      ),
    })
  })

  it('[NX-6] personal answers are kept by no cache', async () => {
    const { cookie } = await signedInUser(suite.data.prisma)
    for (const path of [
      '/api/session',
      '/api/account/sessions',
      '/api/admin/users',
      '/api/auth/session',
      '/api/auth/csrf',
    ]) {
      expect((await suite.api.ask(path, { cookie })).headers['cache-control']).toBe('private, no-store')
    }
  })

  it('[NX-10] an error says nothing of our insides', async () => {
    const { text } = await suite.api.ask('/api/sign-up', { raw: '{' })
    expect(JSON.parse(text)).toEqual({
      error: { code: 'invalid-request', message: 'The body is not valid JSON.' },
    })
  })
})

it('next-auth’s own pages, log sink and other providers are not there', async () => {
  const paths = [
    'providers',
    'verify-request',
    'signin/x',
    'callback/email',
    '_log',
    'callback/credentials',
    'x',
  ]
  for (const path of paths) expect((await suite.api.ask(`/api/auth/${path}`)).status).toBe(404)
  expect(
    (await suite.api.ask('/api/auth/_log', { body: { level: 'error', code: 'forged\nline' } })).status,
  ).toBe(404)
})
