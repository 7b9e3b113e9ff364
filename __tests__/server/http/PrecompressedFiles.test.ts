import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { createHttpHandler } from '#server/http/createHttpHandler.ts'
import { PrecompressedFiles } from '#server/http/PrecompressedFiles.ts'
import { fixedHeaders } from '#server/http/securityHeaders.ts'
import { log } from '#server/log.ts'
import { precompress } from '../../../scripts/precompress.mjs'

const SCRIPT = `console.log(${JSON.stringify('parley '.repeat(400))})`
const PUBLIC_URL = 'http://localhost:3000'

let folder: string
let server: Server
/** Paths that reached Next. */
const passedOn: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-static-'))
  mkdirSync(path.join(folder, 'chunks'))
  writeFileSync(path.join(folder, 'chunks/main.js'), SCRIPT)
  writeFileSync(path.join(folder, 'chunks/page.css'), 'p { color: red }')
  writeFileSync(path.join(folder, 'inter.woff2'), 'font')
  await precompress(folder)
  const env = { NODE_ENV: 'production', PUBLIC_URL, TRUSTED_PROXY_HOPS: 0 } as const
  const next = async (asked: { url?: string | undefined }, response: { end(text: string): unknown }) => {
    passedOn.push(asked.url ?? '')
    response.end('next')
  }
  server = createServer(
    createHttpHandler(next, {
      env,
      sessions: { renew: async () => null },
      log: log(),
      pingDatabase: async () => undefined,
      files: new PrecompressedFiles(folder, '/_next/static/'),
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
beforeEach(() => {
  passedOn.length = 0
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

type Answer = { status: number | undefined; headers: IncomingHttpHeaders; body: Buffer }

/** Not fetch, which would unpack the body and choose the encodings itself. */
function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const options = { port, path: url, method, headers: { host: 'localhost:3000', ...headers }, agent: false }
    const sent = request(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    })
    sent.on('error', reject)
    sent.end()
  })
}

const MAIN = '/_next/static/chunks/main.js'
const BROTLI = { 'accept-encoding': 'gzip, deflate, br, zstd' }

test('[HTTP-1] a browser that takes brotli gets the script as it was compressed with the build', async () => {
  const { status, headers, body } = await ask(MAIN, BROTLI)
  expect(status).toBe(200)
  expect(brotliDecompressSync(body).toString()).toBe(SCRIPT)
  expect(headers).toMatchObject({
    'content-type': 'application/javascript; charset=UTF-8',
    'content-encoding': 'br',
    'content-length': String(body.length),
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
  })
  expect(passedOn).toEqual([])
  expect((await ask('/_next/static/chunks/page.css', BROTLI)).headers['content-type']).toContain('text/css')
})

test('[HTTP-1] with every security header, and no cookie', async () => {
  const { headers } = await ask(MAIN, BROTLI)
  for (const [name, value] of fixedHeaders(PUBLIC_URL)) expect(headers[name.toLowerCase()]).toBe(value)
  expect(headers['set-cookie']).toBeUndefined()
})

test('[HTTP-1] HEAD is told the same without the body', async () => {
  const { headers, body } = await ask(MAIN, BROTLI, 'HEAD')
  expect(body).toHaveLength(0)
  expect(headers['content-length']).toBe(String((await ask(MAIN, BROTLI)).body.length))
})

test.each([
  ['no word of brotli', {}],
  ['gzip alone', { 'accept-encoding': 'gzip' }],
  ['brotli declined', { 'accept-encoding': 'gzip, br;q=0' }],
  ['another word that holds it', { 'accept-encoding': 'brx' }],
  ['a part', { ...BROTLI, range: 'bytes=0-9' }],
  ['a tag of Next’s', { ...BROTLI, 'if-none-match': '"a"' }],
])('[HTTP-1] %s: Next answers', async (_, headers) => {
  expect((await ask(MAIN, headers as Record<string, string>)).body.toString()).toBe('next')
  expect(passedOn).toEqual([MAIN])
})

test.each([
  '/_next/static/inter.woff2',
  '/_next/static/chunks/none.js',
  '/_next/static/chunks/../chunks/main.js',
  '/_next/static/chunks/%2e%2e/chunks/main.js',
  '/_next/static/../../etc/passwd',
  '/_next/static/constructor',
])('[HTTP-2] nothing but what the build had: %s is not answered from here', async (url) => {
  const { headers } = await ask(url, BROTLI)
  expect(headers['content-encoding']).toBeUndefined()
})

test('[HTTP-2] the host is looked at first', async () => {
  const { status, headers } = await ask(MAIN, { ...BROTLI, host: 'evil.example' })
  expect(status).toBe(421)
  expect(headers['content-encoding']).toBeUndefined()
})

test('[HTTP-2] without compressed files everything is left to Next', () => {
  const none = new PrecompressedFiles(path.join(folder, 'nowhere'), '/_next/static/')
  expect(none.answer({} as never, {} as never, MAIN)).toBe(false)
})
