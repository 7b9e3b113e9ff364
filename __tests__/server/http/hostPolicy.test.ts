import { networkInterfaces } from 'node:os'
import { hostPolicy } from '#server/http/hostPolicy.ts'
import { requestTarget } from '#server/http/requestTarget.ts'
import { requireSameOrigin } from '#server/http/sameOrigin.ts'

const PUBLIC = 'https://meet.example.org'

it.each(['meet.example.org', 'MEET.example.org'])('[SE-11] %s is our name', (host) => {
  expect(hostPolicy(PUBLIC).isOwnHost(host)).toBe(true)
})

it.each([
  undefined,
  '',
  'evil.example',
  'meet.example.org.evil.example',
  'evil.meet.example.org',
  'meet.example.org:444',
  'meet.example.org@evil.example',
  'localhost',
  '127.0.0.1',
  '169.254.169.254',
])('[SE-11] %j is not', (host) => {
  expect(hostPolicy(PUBLIC).isOwnHost(host)).toBe(false)
})

it('[SE-11] on a loopback address the other loopback names with our port are ours, and only those', () => {
  const { isOwnHost } = hostPolicy('http://localhost:3000')
  expect(['localhost:3000', '127.0.0.1:3000', '[::1]:3000'].map(isOwnHost)).toEqual([true, true, true])
  expect(['localhost:3001', 'localhost', 'evil.example:3000', '0.0.0.0:3000'].map(isOwnHost)).toEqual([
    false,
    false,
    false,
    false,
  ])
})

it('[SE-11] at an address of this machine (--lan) its other addresses and names are ours too', () => {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
  // Without a network there is no such address; a private one that is not ours behaves alike.
  const { isOwnHost } = hostPolicy(`https://${own ?? '192.168.1.2'}:3000`)
  expect(
    [`${own ?? '192.168.1.2'}:3000`, 'localhost:3000', 'evil.example:3000', '203.0.113.77:3000'].map(
      isOwnHost,
    ),
  ).toEqual([true, true, false, false])
})

const headers = (entries: Record<string, string>) => new Headers(entries)
const allowed = (method: string, entries: Record<string, string>) => {
  try {
    requireSameOrigin(method, headers(entries), PUBLIC)
    return true
  } catch {
    return false
  }
}

it.each<Record<string, string>>([
  { origin: PUBLIC },
  { origin: PUBLIC, 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-site': 'same-origin' },
])('[SE-13] a change from %j is allowed', (entries) => {
  expect(allowed('POST', entries)).toBe(true)
})

it.each<Record<string, string>>([
  {},
  { origin: 'null' },
  { origin: '' },
  { origin: 'https://evil.example' },
  { origin: 'https://meet.example.org.evil.example' },
  { origin: 'https://sub.meet.example.org' },
  { origin: 'https://meet.example.org:444' },
  { origin: 'http://meet.example.org' },
  { origin: PUBLIC, 'sec-fetch-site': 'cross-site' },
  { origin: PUBLIC, 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'none' },
  { 'sec-fetch-site': 'same-site' },
  { origin: 'null', 'sec-fetch-site': 'same-origin' },
  { referer: `${PUBLIC}/page` },
])('[SE-13] [K35] a change from %j is refused, by every method that changes', (entries) => {
  expect(['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => allowed(method, entries))).toEqual([
    false,
    false,
    false,
    false,
  ])
})

it.each([
  'http://169.254.169.254/latest/meta-data',
  'https://meet.example.org/',
  '*',
  'meet.example.org:443',
  '//evil.example/',
  '/a//b',
  '/admin%2fusers',
  '/admin%2Fusers',
  '/%5cevil',
  '/\\evil',
  '/a/../admin',
  '/a/%2e%2e/admin',
  '/./admin',
  '/x%00',
  '/x%0d%0aSet-Cookie:a=b',
  '/%E0%A4%A',
  `/${'x'.repeat(5000)}`,
  undefined,
])('[NX-3] [WS-16] the request target %j is refused', (target) => {
  expect(requestTarget(target)).toBeNull()
})

it.each(['/', '/m/calm-river-0123', '/api/session?x=//y', '/.well-known/x', '/%C3%A9'])(
  '[NX-3] the request target %j is fine',
  (target) => {
    expect(requestTarget(target)?.path).toBe(target.split('?')[0])
  },
)
