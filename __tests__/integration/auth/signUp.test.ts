import { apiSuite } from '../../support/apiSuite.ts'
import { createVisitor } from '../../support/visitor.ts'

const PASSWORD = 'correct horse battery staple'
const SETUP_CODE = 'brave-otter-4711-xyz'
/** What a reverse proxy would add: the request did not come straight from this machine. */
const FAR = { via: '1.1 proxy' }

const suite = apiSuite({ PARLEY_SETUP_CODE: SETUP_CODE, SIGN_UP: 'open' })

beforeEach(async () => {
  await suite.data.prisma.user.deleteMany()
  await suite.data.prisma.rateLimit.deleteMany()
})

const account = (email: string, extra: object = {}) => ({
  name: 'Ada Lovelace',
  email,
  password: PASSWORD,
  ...extra,
})
const users = () => suite.data.prisma.user.findMany({ orderBy: { createdAt: 'asc' } })

describe('the first account', () => {
  it('is the admin when it is made from this machine; the second is not', async () => {
    const ada = createVisitor(suite.api)
    expect((await ada.signUp(account('ada@example.org'))).status).toBe(200)
    expect((await ada.signUp(account('bob@example.org'), FAR)).status).toBe(200)
    expect((await users()).map(({ admin }) => admin)).toEqual([true, false])
  })

  it.each([{}, { setupCode: 'brave-otter-4711-xyy' }, { setupCode: '' }])(
    'from elsewhere with %j it is refused, and the answer says where the code is',
    async (extra) => {
      const eve = createVisitor(suite.api)
      expect((await eve.ask('/api/sign-up', { headers: FAR })).json()).toEqual({
        open: true,
        firstAccount: true,
        setupCodeNeeded: true,
      })
      const refused = await eve.signUp(account('eve@example.org', extra), FAR)
      expect([refused.status, refused.json().error?.code]).toEqual([403, 'forbidden'])
      expect(refused.json().error?.message).toMatch(/setup code.*log/)
      expect(await users()).toEqual([])
    },
  )

  it('from elsewhere with the setup code it is the admin', async () => {
    expect(
      (await createVisitor(suite.api).signUp(account('ada@example.org', { setupCode: SETUP_CODE }), FAR))
        .status,
    ).toBe(200)
    expect((await users()).map(({ admin }) => admin)).toEqual([true])
  })

  it('is one, when ten ask for it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        createVisitor(suite.api).signUp(account(`p${index}@example.org`)),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect((await users()).filter(({ admin }) => admin)).toHaveLength(1)
  })
})

describe('an account that exists', () => {
  beforeEach(async () => {
    await createVisitor(suite.api).signUp(account('ada@example.org'))
  })

  it.each(['ada@example.org', 'ADA@Example.org', ' ada@example.org ', 'ａｄａ@example.org'])(
    '[AU-5] [K32] signing up as %j says the same as for a new one, and changes nothing',
    async (email) => {
      const [before] = await users()
      const fresh = await createVisitor(suite.api).signUp(account('new@example.org'))
      const known = await createVisitor(suite.api).signUp({
        name: 'Eve',
        email,
        password: 'an entirely different phrase',
      })
      expect([known.status, known.text]).toEqual([fresh.status, fresh.text])
      const names = (answer: typeof known) => Object.keys(answer.headers).sort()
      expect(names(known)).toEqual(names(fresh))
      const after = await users()
      expect(after).toHaveLength(2)
      expect(after[0]).toEqual(before)
      expect((await createVisitor(suite.api).signIn(email, 'an entirely different phrase')).status).toBe(401)
    },
  )

  it.each(['ada@evil.example\uFF20example.org', '"ada"@example.org', 'ada@x@example.org'])(
    '[AU-10] [K32] %j is refused',
    async (email) => {
      const refused = await createVisitor(suite.api).signUp(account(email))
      expect([refused.status, refused.json().error?.code]).toEqual([400, 'invalid-request'])
    },
  )
})

describe('what is sent', () => {
  it.each<[string, object]>([
    ['admin', { admin: true }],
    ['role', { role: 'admin' }],
    ['id', { id: '3f0c5d9e-1f1f-4e7f-9d43-5a0f8b1d9f10' }],
    ['emailVerified', { emailVerified: '2026-01-01' }],
    ['createdAt', { createdAt: '2020-01-01' }],
    ['isAdmin', { isAdmin: true }],
    ['passwordHash', { passwordHash: 'x' }],
    ['disabledAt', { disabledAt: null }],
    ['a nested create', { sessions: { create: {} } }],
    ['an operator for an e-mail', { email: { contains: '' } }],
    ['a list for an e-mail', { email: ['a@example.org'] }],
    ['a number for a name', { name: 1 }],
    ['an operator for a password', { password: { not: '' } }],
    ['__proto__', JSON.parse('{"__proto__": {"admin": true}}')],
  ])('[AU-8] [K31] [PR-2] %s is refused', async (_, extra) => {
    const raw = JSON.stringify({ ...account('ada@example.org'), ...extra }).replace(
      /}$/,
      Object.hasOwn(extra, '__proto__') ? ',"__proto__":{"admin":true}}' : '}',
    )
    const refused = await suite.api.ask('/api/sign-up', { raw })
    expect([refused.status, refused.json().error?.code]).toEqual([400, 'invalid-request'])
    expect(await users()).toEqual([])
  })

  it.each([
    ['short', /15 characters/],
    ['passwordpassword', /many people use/],
    ['Ada Lovelace 1815', /easy to guess/],
  ])('[AU-1] [AU-2] the password %j is refused with its reason', async (password, reason) => {
    const refused = await createVisitor(suite.api).signUp(account('ada@example.org', { password }))
    expect(refused.status).toBe(400)
    expect(refused.json().error?.message).toMatch(reason)
  })

  it('[AU-1] nothing is cut off: passwords that differ in their 73rd byte are two', async () => {
    const start = 'a long passphrase that goes on for more than seventy-two bytes, as bcrypt would not see '
    await createVisitor(suite.api).signUp(account('ada@example.org', { password: `${start}x` }))
    expect((await createVisitor(suite.api).signIn('ada@example.org', `${start}y`)).status).toBe(401)
    expect((await createVisitor(suite.api).signIn('ada@example.org', `${start}x`)).status).toBe(200)
  })

  it('[AU-1] one password typed on two keyboards is one password', async () => {
    await createVisitor(suite.api).signUp(
      account('ada@example.org', { password: 'caf\u00e9 au lait at noon' }),
    )
    expect(
      (await createVisitor(suite.api).signIn('ada@example.org', 'cafe\u0301 au lait at noon')).status,
    ).toBe(200)
  })
})
