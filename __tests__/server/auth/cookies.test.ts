import { helperCookies } from '#server/auth/authOptions.ts'
import { cookieNames } from '#server/auth/cookieNames.ts'
import { deviceName } from '#server/auth/deviceName.ts'
import { readCookie, replaceCookie, setCookie } from '#server/http/cookies.ts'
import { contentSecurityPolicy, fixedHeaders } from '#server/http/securityHeaders.ts'

const HTTPS = 'https://meet.example.org'

it('[SE-6] on HTTPS every cookie of ours is __Host-, Secure, HttpOnly, Lax and Path=/', () => {
  const names = cookieNames(HTTPS)
  const { csrf, callback } = helperCookies(HTTPS)
  for (const name of [names.user, names.guest('x'), csrf, callback]) expect(name).toMatch(/^__Host-parley\./)
  expect(setCookie(names.user, 'v', names)).toBe(
    '__Host-parley.session=v; Path=/; HttpOnly; SameSite=Lax; Secure',
  )
})

it('on plain http, which is localhost, the names have no prefix', () => {
  expect(cookieNames('http://localhost:3000')).toMatchObject({ user: 'parley.session', secure: false })
})

it('[NX-7] HSTS on HTTPS under a name of ours, and nowhere else', () => {
  const names = (url: string) => fixedHeaders(url).map(([name]) => name)
  expect(names(HTTPS)).toContain('Strict-Transport-Security')
  expect(names('http://meet.example.org')).not.toContain('Strict-Transport-Security')
  expect(names('https://localhost:3000')).not.toContain('Strict-Transport-Security')
  expect(names('https://192.168.1.5:3000')).not.toContain('Strict-Transport-Security')
})

it('[NX-7] eval is for hot reload only', () => {
  expect(contentSecurityPolicy('n', HTTPS, true)).toContain("'unsafe-eval'")
  expect(contentSecurityPolicy('n', HTTPS, false)).not.toContain('unsafe-eval')
  expect(contentSecurityPolicy('n', HTTPS, false)).toContain('wss://meet.example.org')
})

it.each([
  [undefined, undefined],
  ['', undefined],
  ['parley.session=v', 'v'],
  ['a=b; parley.session=v; c=d', 'v'],
  ['xparley.session=no; parley.session=v', 'v'],
  ['parley.sessions=no;parley.session=v', 'v'],
  ['parley.session=first; parley.session=second', 'first'],
  ['x=parley.session=no', undefined],
  ['parley.session=', ''],
  [';;; =; parley.session=v ', 'v'],
])('a Cookie header of %j has %j', (header, value) => {
  expect(readCookie(header, 'parley.session')).toBe(value)
})

it('replacing a cookie leaves the others alone', () => {
  expect(replaceCookie('a=1; s=old;b=2', 's', 'new')).toBe('a=1; s=new; b=2')
})

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36',
    'Chrome on Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1',
    'Safari on iPhone',
  ],
  [
    'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  ['<script>alert(1)</script>\r\nforged', 'Unknown browser'],
  [null, 'Unknown browser'],
])('[LG-1] [K49] %j is shown as %j: words of ours, never the client’s', (agent, name) => {
  expect(deviceName(agent)).toBe(name)
})
