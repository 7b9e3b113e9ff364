import fc from 'fast-check'
import { safeRedirect } from '#lib/domain/safeRedirect.ts'

const BASE = 'https://meet.example.org'

it.each([
  ['/m/a-b-c', `${BASE}/m/a-b-c`],
  ['/meetings?x=1#y', `${BASE}/meetings?x=1#y`],
  [BASE, `${BASE}/`],
  [`${BASE}/account`, `${BASE}/account`],
])('[SE-12] %j leads there', (url, expected) => {
  expect(safeRedirect(url, BASE)).toBe(expected)
})

it.each([
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  ' //evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https://evil.example',
  'http://meet.example.org',
  'https://meet.example.org:444/',
  'https://meet.example.org.evil.example/',
  'https://meet.example.orgevil.example/',
  'https://meet.example.org@evil.example/',
  'https://user:pass@meet.example.org/',
  'https://evil.example/https://meet.example.org',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://meet.example.org/x',
  'ftp://meet.example.org',
  'meet.example.org',
  'evil.example',
  '?next=//evil.example',
  '',
  '\u0000/x',
  '/x\r\nSet-Cookie: a=b',
  'https://[::1]/',
])('[SE-12] [K34] %j leads to our own start', (url) => {
  expect(safeRedirect(url, BASE)).toBe(BASE)
})

it('[SE-12] whatever is given, the answer is on our own origin', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.webUrl(),
        fc.string().map((text) => `/${text}`),
      ),
      (url) => {
        expect(new URL(safeRedirect(url, BASE)).origin).toBe(BASE)
      },
    ),
  )
})
