import { normaliseEmail } from '#lib/domain/email.ts'

it.each([
  ['Ada@Example.ORG', 'ada@example.org'],
  ['  ada@example.org\t', 'ada@example.org'],
  ['ada+call@mail.example.org', 'ada+call@mail.example.org'],
  ['ａｄａ@example.org', 'ada@example.org'],
  ['admin@localhost', 'admin@localhost'],
])('[AU-10] %j is stored as %j', (text, expected) => {
  expect(normaliseEmail(text)).toBe(expected)
})

it.each([
  '',
  'ada',
  '@example.org',
  'ada@',
  'ada@@example.org',
  'a@b@example.org',
  'ada\uFF20example.org',
  'ada@evil.example\uFF20example.org',
  'ada@evil.example\uFE6Bexample.org',
  '"ada"@example.org',
  '"a@b"@example.org',
  'ada@example.org, eve@example.org',
  'ada@example.org\neve@example.org',
  'ada @example.org',
  'Ada <ada@example.org>',
  'ada@example',
  'ada@-example.org',
  'ada@example..org',
  '.ada@example.org',
  'ada..b@example.org',
  'аda@example.org',
  'ada@exаmple.org',
  'ada\u0000@example.org',
  `${'a'.repeat(65)}@example.org`,
  `ada@${'a'.repeat(250)}.org`,
])('[AU-10] %j is refused', (text) => {
  expect(normaliseEmail(text)).toBeNull()
})

it('[AU-10] normalising twice changes nothing', () => {
  const once = normaliseEmail('ＡＤＡ@Example.org')
  expect(once).toBe('ada@example.org')
  expect(normaliseEmail(String(once))).toBe(once)
})
