import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import http, { type RequestListener, type Server } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { keyDigest } from '#server/boot/keyDigest.ts'
import { lanCertificate } from '#server/boot/tls.ts'
import { answers } from '#server/recorder/answers.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-answers-'))
const open: Server[] = []
const hosts: (string | undefined)[] = []
const healthy: RequestListener = (request, response) => {
  hosts.push(request.headers.host)
  response.statusCode = request.url === '/api/health' ? 200 : 404
  response.end()
}
async function listening(server: Server): Promise<string> {
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
const secured = async (name: string) => {
  const tls = await lanCertificate(path.join(folder, name), [])
  const reach = await listening(https.createServer(tls, healthy))
  return { reach, ownKey: keyDigest(new X509Certificate(tls.cert)) }
}
afterAll(() => {
  for (const server of open) server.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('[REC-76] whether the server answers', () => {
  test('over http, by its public name, wherever that leads', async () => {
    const reach = await listening(http.createServer(healthy))
    expect(await answers({ origin: 'http://meet.example', reach, ownKey: null })).toBe(true)
    expect(hosts.at(-1)).toBe('meet.example')
  })

  test('over its own certificate, and over no other that nobody has signed', async () => {
    const ours = await secured('ours')
    const other = await secured('other')
    const origin = 'https://192.168.1.7:3000'
    expect(await answers({ origin, ...ours })).toBe(true)
    expect(await answers({ origin, reach: ours.reach, ownKey: other.ownKey })).toBe(false)
    expect(await answers({ origin, reach: ours.reach, ownKey: null })).toBe(false)
  })

  test('nobody there, and a server that is not well, are no', async () => {
    const ill = await listening(
      http.createServer((_, response) => {
        response.statusCode = 503
        response.end()
      }),
    )
    expect(await answers({ origin: 'http://localhost', reach: ill, ownKey: null })).toBe(false)
    expect(await answers({ origin: 'http://localhost', reach: '127.0.0.1:1', ownKey: null })).toBe(false)
  })
})
