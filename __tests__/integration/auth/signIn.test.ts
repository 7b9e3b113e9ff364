import { hash, verify } from '@node-rs/argon2'
import { createAccounts } from '#server/auth/PrismaAccounts.ts'
import { audit } from '#server/auth/PrismaAudit.ts'
import { createPasswords } from '#server/auth/passwords.ts'
import { signIn } from '#server/auth/signIn.ts'
import { limits } from '#server/limits/limits.ts'
import type { Answer } from '../../support/apiServer.ts'
import { apiSuite } from '../../support/apiSuite.ts'
import { createVisitor } from '../../support/visitor.ts'

const PASSWORD = 'correct horse battery staple'
const WRONG = 'wrong horse battery staple'

const suite = apiSuite({ TRUSTED_PROXY_HOPS: '1', PARLEY_SETUP_CODE: 'letmein-please' })

beforeAll(async () => {
  const setupCode = 'letmein-please'
  await createVisitor(suite.api).signUp({
    name: 'Ada',
    email: 'ada@example.org',
    password: PASSWORD,
    setupCode,
  })
  await createVisitor(suite.api).signUp({ name: 'Bob', email: 'bob@example.org', password: PASSWORD })
  await createVisitor(suite.api).signUp({ name: 'Cleo', email: 'cleo@example.org', password: PASSWORD })
})
beforeEach(() => suite.data.prisma.rateLimit.deleteMany())

const from = (address: string) => ({ 'x-forwarded-for': address })

it('the main path: sign in, be known, sign out', async () => {
  const ada = createVisitor(suite.api)
  const signedIn = await ada.signIn('Ada@Example.org', PASSWORD)
  expect([signedIn.status, signedIn.json()]).toEqual([200, { url: `${suite.api.origin}/` }])
  const known = await ada.ask('/api/session')
  expect(known.json()).toMatchObject({ user: { name: 'Ada', email: 'ada@example.org', admin: true } })
  const before = ada.cookie
  expect((await ada.signOut()).status).toBe(200)
  expect(ada.jar.has('parley.session')).toBe(false)
  expect((await suite.api.ask('/api/account/sessions', { cookie: before })).status).toBe(401)
})

describe('[AU-4] a refusal', () => {
  const shown = ({ status, headers, text }: Answer) => {
    const { date: _date, 'content-security-policy': _nonce, 'set-cookie': cookies, ...rest } = headers
    return { status, text, rest, cookies: (cookies ?? []).map((line) => line.replace(/=[^;]*/, '=…')) }
  }

  it('is the same for an unknown, a wrong and a disabled account: status, body, headers, names of cookies', async () => {
    await suite.data.prisma.user.update({
      where: { email: 'cleo@example.org' },
      data: { disabledAt: new Date() },
    })
    const wrong = shown(await createVisitor(suite.api).signIn('bob@example.org', WRONG))
    expect(wrong.status).toBe(401)
    const others = [
      await createVisitor(suite.api).signIn('nobody@example.org', WRONG),
      await createVisitor(suite.api).signIn('cleo@example.org', PASSWORD),
      await createVisitor(suite.api).signIn('not an address', WRONG),
      await createVisitor(suite.api).signIn('"quoted"@example.org', WRONG),
    ]
    for (const other of others) expect(shown(other)).toEqual(wrong)
    expect(wrong.cookies.join()).not.toContain('parley.session')
  })

  it('compares against a valid hash even when there is no account', async () => {
    const compared: string[] = []
    const passwords = createPasswords({
      hash,
      verify: (against, password) => {
        compared.push(String(against))
        return verify(against, password)
      },
    })
    expect(await passwords.verify(null, WRONG)).toBe(false)
    const dummy = await passwords.dummyHash()
    expect(compared).toEqual([dummy])
    expect(dummy).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    // A malformed dummy would make verify throw at once instead of working: this one is well formed.
    await expect(verify(dummy, 'anything')).resolves.toBe(false)
  })
})

describe('[AU-4][K33] the work of a refusal', () => {
  it.each([
    ['an unknown account', 'nobody@example.org', WRONG],
    ['no possible address', 'not an address', WRONG],
    ['a wrong password', 'bob@example.org', WRONG],
    ['a disabled account, with the right password', 'cleo@example.org', PASSWORD],
  ])('%s: one Argon2 verification of a whole hash', async (_, email, password) => {
    await suite.data.prisma.user.update({
      where: { email: 'cleo@example.org' },
      data: { disabledAt: new Date() },
    })
    const worked: { against: string; fits: boolean }[] = []
    const counting = createPasswords({
      hash,
      verify: async (against, typed) => {
        const fits = await verify(against, typed)
        worked.push({ against: String(against), fits })
        return fits
      },
    })
    await counting.dummyHash()
    const refused = await signIn(
      {
        accounts: createAccounts(suite.data.prisma),
        passwords: counting,
        limits: limits(),
        audit: (entry) => audit(suite.data.prisma, entry),
      },
      { email, password },
      { device: 'Test', address: '127.0.0.9' },
    )
    expect(refused).toBeNull()
    expect(worked).toHaveLength(1)
    expect(worked[0]?.against).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]+\$[^$]+$/)
    expect(worked[0]?.fits).toBe(email === 'cleo@example.org')
  })
})

describe('[AU-3] Argon2id', () => {
  it('a hash made with weaker parameters is replaced at the next sign-in', async () => {
    const weak = await hash(PASSWORD, { memoryCost: 8192, timeCost: 1, parallelism: 1 })
    await suite.data.prisma.user.update({ where: { email: 'bob@example.org' }, data: { passwordHash: weak } })
    expect((await createVisitor(suite.api).signIn('bob@example.org', PASSWORD)).status).toBe(200)
    const { passwordHash } = await suite.data.prisma.user.findUniqueOrThrow({
      where: { email: 'bob@example.org' },
    })
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect((await createVisitor(suite.api).signIn('bob@example.org', PASSWORD)).status).toBe(200)
  })

  it('never more than two hashes are computed at once, and all of fifty get their turn', async () => {
    let running = 0
    let most = 0
    const slow = async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return true
    }
    const passwords = createPasswords({ hash: async () => 'hash', verify: slow })
    const all = await Promise.all(Array.from({ length: 50 }, () => passwords.verify('stored', 'x')))
    expect([all.length, most]).toEqual([50, 2])
  })

  it('a queue that is too long refuses instead of growing', async () => {
    const passwords = createPasswords({
      hash: async () => 'hash',
      verify: () => new Promise(() => undefined),
    })
    const codes = Array.from({ length: 203 }, () => passwords.verify('stored', 'x').catch(({ code }) => code))
    expect(await codes.at(-1)).toBe('rate-limited')
  })
})

describe('[AU-6] limits', () => {
  const attempt = async (email: string, password: string, address: string) =>
    (await createVisitor(suite.api).signIn(email, password, from(address))).status

  it('ten wrong passwords close an account to that address, and only to that one', async () => {
    const statuses: number[] = []
    for (let index = 0; index < 11; index += 1)
      statuses.push(await attempt('bob@example.org', WRONG, '198.51.100.1'))
    expect(statuses).toEqual([...Array(10).fill(401), 429])
    expect(await attempt('bob@example.org', PASSWORD, '198.51.100.1')).toBe(429)
    expect(await attempt('bob@example.org', PASSWORD, '198.51.100.2')).toBe(200)
  })

  it('a hundred at once do not slip through', async () => {
    const attempts = Array.from({ length: 30 }, () => attempt('bob@example.org', WRONG, '198.51.100.1'))
    const statuses = await Promise.all(attempts)
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
  })

  it('an account attacked from everywhere still lets its owner in', async () => {
    for (let index = 0; index < 52; index += 1) await attempt('bob@example.org', WRONG, `203.0.113.${index}`)
    const eve: number[] = []
    for (let index = 0; index < 4; index += 1)
      eve.push(await attempt('bob@example.org', WRONG, '203.0.113.200'))
    expect(eve).toEqual([401, 401, 401, 429])
    expect(await attempt('bob@example.org', PASSWORD, '198.51.100.9')).toBe(200)
  })

  it('[K20] headers that claim another address change nothing', async () => {
    const spoof = (index: number) => ({
      'x-forwarded-for': `10.1.1.${index}, 198.51.100.77`,
      'x-real-ip': `10.1.1.${index}`,
      forwarded: `for=10.1.1.${index}`,
      'cf-connecting-ip': `10.1.1.${index}`,
      'x-parley-address': `10.1.1.${index}`,
    })
    const statuses: number[] = []
    for (let index = 0; index < 11; index += 1) {
      statuses.push((await createVisitor(suite.api).signIn('bob@example.org', WRONG, spoof(index))).status)
    }
    expect(statuses.at(-1)).toBe(429)
  })

  it('an unknown account is limited exactly as a known one', async () => {
    const statuses: number[] = []
    for (let index = 0; index < 11; index += 1)
      statuses.push(await attempt('nobody@example.org', WRONG, '198.51.100.3'))
    expect(statuses).toEqual([...Array(10).fill(401), 429])
  })

  it('says when to come back', async () => {
    for (let index = 0; index < 10; index += 1) await attempt('bob@example.org', WRONG, '198.51.100.1')
    const limited = await createVisitor(suite.api).signIn('bob@example.org', WRONG, from('198.51.100.1'))
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0)
    expect(limited.json().error?.code).toBe('rate-limited')
  })
})

describe('[LG-1] the audit trail', () => {
  it('tells of each sign-in, right and wrong, with its address and without the password', async () => {
    await suite.data.prisma.auditEvent.deleteMany()
    const bob = createVisitor(suite.api)
    await bob.signIn('bob@example.org', WRONG, from('198.51.100.5'))
    await bob.signIn('bob@example.org', PASSWORD, from('198.51.100.5'))
    await bob.signOut()
    const events = await suite.data.prisma.auditEvent.findMany({ orderBy: { at: 'asc' } })
    expect(events.map(({ action }) => action)).toEqual([
      'user.signInFailed',
      'user.signedIn',
      'user.signedOut',
    ])
    expect(events[0]).toMatchObject({ actorId: null, address: '198.51.100.5' })
    expect(JSON.stringify(events)).not.toContain('horse')
  })
})

describe('[SE-12] [K34] where signing in leads', () => {
  it.each([
    '//evil.example',
    '/\\evil.example',
    'https:evil.example',
    'javascript:alert(1)',
    'https://evil.example/x',
    'http://localhost:1/x',
    'http://a@localhost/',
  ])('callbackUrl %j by form, by query and by cookie stays here', async (callbackUrl) => {
    const byForm = createVisitor(suite.api)
    const form = await byForm.form('/api/auth/callback/credentials', {
      email: 'ada@example.org',
      password: PASSWORD,
      callbackUrl,
    })
    expect(form.json()).toEqual({ url: `${suite.api.origin}/` })
    const byCookie = createVisitor(suite.api)
    byCookie.jar.set('parley.callback', encodeURIComponent(callbackUrl))
    expect((await byCookie.signIn('ada@example.org', PASSWORD)).json()).toEqual({
      url: `${suite.api.origin}/`,
    })
    const byQuery = createVisitor(suite.api)
    const path = `/api/auth/callback/credentials?callbackUrl=${encodeURIComponent(callbackUrl)}`
    const query = await byQuery.form(path, { email: 'ada@example.org', password: PASSWORD })
    expect(query.json()).toEqual({ url: `${suite.api.origin}/` })
    const page = await suite.api.ask(`/api/auth/signin?callbackUrl=${encodeURIComponent(callbackUrl)}`)
    const location = new URL(String(page.headers.location), suite.api.origin)
    expect(location.origin).toBe(suite.api.origin)
    expect(new URL(String(location.searchParams.get('callbackUrl'))).origin).toBe(suite.api.origin)
  })

  it('a path of ours is kept', async () => {
    const ada = createVisitor(suite.api)
    const fields = { email: 'ada@example.org', password: PASSWORD, callbackUrl: '/m/calm-river' }
    expect((await ada.form('/api/auth/callback/credentials', fields)).json()).toEqual({
      url: `${suite.api.origin}/m/calm-river`,
    })
  })

  it('[SE-11] no header changes where links lead', async () => {
    const ada = createVisitor(suite.api)
    const signedIn = await ada.signIn('ada@example.org', PASSWORD, {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-original-url': 'https://evil.example/',
    })
    expect(signedIn.json()).toEqual({ url: `${suite.api.origin}/` })
  })
})

describe('[K35] signing somebody in or out from another site', () => {
  const credentials = { email: 'ada@example.org', password: PASSWORD }

  it.each<[string, Record<string, string | undefined>]>([
    ['another origin', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['Origin: null', { origin: 'null', 'sec-fetch-site': undefined }],
    ['no Origin at all', { origin: undefined, 'sec-fetch-site': undefined }],
    ['another port', { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' }],
  ])('%s is refused at every door that changes something', async (_, headers) => {
    const ada = createVisitor(suite.api)
    await ada.signIn('ada@example.org', PASSWORD)
    const answers = [
      await ada.form('/api/auth/callback/credentials', credentials, headers),
      await ada.form('/api/auth/signout', {}, headers),
      await ada.form('/api/auth/session', {}, headers),
      await ada.ask('/api/sign-up', { body: {}, headers }),
      await ada.ask('/api/account/sessions/revoke-others', { method: 'POST', headers }),
      await ada.ask('/api/m/x/guest', { body: {}, headers }),
    ]
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(403))
    expect((await ada.ask('/api/account/sessions')).status).toBe(200)
  })

  it('without next-auth’s own CSRF token nobody is signed in', async () => {
    const raw = new URLSearchParams({ ...credentials, json: 'true', csrfToken: 'x' }).toString()
    const refused = await suite.api.ask('/api/auth/callback/credentials', {
      raw,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(refused.cookies.has('parley.session')).toBe(false)
  })

  it('JSON sent as text/plain is refused', async () => {
    const raw = JSON.stringify({ name: 'Eve', email: 'eve@example.org', password: PASSWORD })
    expect(
      (await suite.api.ask('/api/sign-up', { raw, headers: { 'content-type': 'text/plain' } })).status,
    ).toBe(400)
  })

  it('GET signs nobody in and nobody out', async () => {
    const ada = createVisitor(suite.api)
    await ada.signIn('ada@example.org', PASSWORD)
    await ada.ask('/api/auth/signout')
    expect((await ada.ask('/api/account/sessions')).status).toBe(200)
    const path = `/api/auth/callback/credentials?${new URLSearchParams(credentials)}`
    expect((await suite.api.ask(path)).status).toBe(404)
  })
})
