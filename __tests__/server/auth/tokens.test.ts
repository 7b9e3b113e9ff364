import { createHash, createHmac, generateKeyPairSync, hkdfSync, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { createTokens, TOKEN_KINDS, type TokenKind } from '#server/auth/tokens.ts'

const SECRET = 'a secret for this test, longer than thirty-two'
const ISSUER = 'https://meet.example.org'
const NOW_MS = Date.UTC(2026, 10, 24)
const now = NOW_MS / 1000
const KINDS = Object.keys(TOKEN_KINDS) as TokenKind[]
const subject = { sub: randomUUID(), sid: 'AAAAAAAAAAAAAAAAAAAAAA' }

const tokens = createTokens({ secret: SECRET, issuer: ISSUER, now: () => NOW_MS })
const keyOf = (kind: TokenKind): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', SECRET, 'parley', TOKEN_KINDS[kind].audience, 32))
const kidOf = (kind: TokenKind): string =>
  createHash('sha256').update('parley:kid:').update(keyOf(kind)).digest('base64url').slice(0, 11)

const goodClaims = {
  iss: ISSUER,
  aud: TOKEN_KINDS.session.audience,
  ...subject,
  jti: randomUUID(),
  iat: now,
  exp: now + 900,
}
const goodHeader = { alg: 'HS256', typ: TOKEN_KINDS.session.typ, kid: kidOf('session') }
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token of the right key, whatever its header and claims say. */
function forge(header: object, claims: object, key = keyOf('session'), hash = 'sha256'): string {
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`
}
const without = (name: string) =>
  Object.fromEntries(Object.entries(goodClaims).filter(([key]) => key !== name))

describe('signing and verifying', () => {
  it('a forged token with everything right is accepted, so that the refusals below mean something', async () => {
    expect(await tokens.verify('session', forge(goodHeader, goodClaims))).toMatchObject({ expired: false })
  })

  it.each(KINDS)('[JW-4] a %s token carries sub sid jti iat exp iss aud and nothing else', async (kind) => {
    const token = await tokens.sign(kind, subject, 900)
    const [header, claims] = token
      .split('.', 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
    expect(header).toEqual({ alg: 'HS256', typ: TOKEN_KINDS[kind].typ, kid: kidOf(kind) })
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'])
    expect(await tokens.verify(kind, token)).toEqual({ claims, expired: false })
  })
})

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const unsigned = (alg: string) => `${encode({ ...goodHeader, alg })}.${encode(goodClaims)}.`
const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' })

describe('[K28] what is not a genuine session token', () => {
  const refused: Record<string, () => string | Promise<string>> = {
    '[JW-1] alg none': () => unsigned('none'),
    '[JW-1] alg noNE': () => unsigned('noNE'),
    '[JW-1] alg none with a signature of the right key': () =>
      forge({ ...goodHeader, alg: 'none' }, goodClaims),
    '[JW-1] HS384 on an HS256 key': () =>
      forge({ ...goodHeader, alg: 'HS384' }, goodClaims, keyOf('session'), 'sha384'),
    '[JW-1] HS512 on an HS256 key': () =>
      forge({ ...goodHeader, alg: 'HS512' }, goodClaims, keyOf('session'), 'sha512'),
    '[JW-1] RS256': () =>
      new SignJWT(goodClaims).setProtectedHeader({ ...goodHeader, alg: 'RS256' }).sign(rsa.privateKey),
    '[JW-1] HS256 keyed with a public key in PEM': () => forge(goodHeader, goodClaims, Buffer.from(pem)),
    '[JW-1] HS256 keyed with the raw secret': () => forge(goodHeader, goodClaims, Buffer.from(SECRET)),
    '[JW-1] an empty key': () => forge(goodHeader, goodClaims, new Uint8Array()),
    '[JW-2] JSON serialisation': () => {
      const [header, payload, signature] = forge(goodHeader, goodClaims).split('.')
      return JSON.stringify({ protected: header, payload, signature })
    },
    '[JW-2] a compact JWE of five parts': () => `${forge(goodHeader, goodClaims)}.AAAA.AAAA`,
    '[JW-2] two parts': () => forge(goodHeader, goodClaims).split('.').slice(0, 2).join('.'),
    '[JW-2] a padded part': () => `${forge(goodHeader, goodClaims)}=`,
    '[JW-2] a line feed at the end': () => `${forge(goodHeader, goodClaims)}\n`,
    '[JW-2] standard base64': () => forge(goodHeader, goodClaims).replace(/[-_]|(?<=\..*)A/, '+'),
    '[JW-2] a megabyte': () => forge(goodHeader, { ...goodClaims, pad: 'x'.repeat(1_000_000) }),
    '[JW-2] nothing': () => '',
    '[JW-3] another typ': () => forge({ ...goodHeader, typ: 'JWT' }, goodClaims),
    '[JW-3] no typ': () => forge({ alg: 'HS256', kid: kidOf('session') }, goodClaims),
    '[JW-3] the audience of another kind': () =>
      forge(goodHeader, { ...goodClaims, aud: TOKEN_KINDS.guest.audience }),
    '[JW-3] two audiences': () => forge(goodHeader, { ...goodClaims, aud: [goodClaims.aud, 'parley:guest'] }),
    '[JW-3] another issuer': () => forge(goodHeader, { ...goodClaims, iss: 'https://evil.example' }),
    '[JW-4] exp as text': () => forge(goodHeader, { ...goodClaims, exp: String(now + 900) }),
    '[JW-4] exp before iat': () => forge(goodHeader, { ...goodClaims, exp: now - 1 }),
    '[JW-4] iat an hour ahead': () => forge(goodHeader, { ...goodClaims, iat: now + 3600, exp: now + 7200 }),
    '[JW-4] nbf in the future': () => forge(goodHeader, { ...goodClaims, nbf: now + 3600 }),
    '[JW-9] a role claim': () => forge(goodHeader, { ...goodClaims, role: 'admin' }),
    '[JW-9] SQL for a sub': () => forge(goodHeader, { ...goodClaims, sub: "' OR 1=1 --" }),
    '[JW-9] an object for a sub': () => forge(goodHeader, { ...goodClaims, sub: { not: '' } }),
    '[JW-9] a sid of another form': () => forge(goodHeader, { ...goodClaims, sid: '../../etc/passwd' }),
    '[JW-5] no kid': () => forge({ alg: 'HS256', typ: goodHeader.typ }, goodClaims),
    '[JW-5] kid with ../': () => forge({ ...goodHeader, kid: '../../../dev/null' }, goodClaims),
    '[JW-5] kid with SQL': () => forge({ ...goodHeader, kid: "x' UNION SELECT 'key" }, goodClaims),
    '[JW-5] a very long kid': () => forge({ ...goodHeader, kid: 'k'.repeat(2000) }, goodClaims),
    '[JW-5] kid __proto__': () => forge({ ...goodHeader, kid: '__proto__' }, goodClaims),
    '[JW-5] kid as an object': () =>
      forge({ ...goodHeader, kid: { toString: kidOf('session') } }, goodClaims),
    '[JW-5] crit': () => forge({ ...goodHeader, crit: ['b64'], b64: true }, goodClaims),
    '[JW-5] jku': () => forge({ ...goodHeader, jku: 'https://evil.example/keys' }, goodClaims),
    '[JW-5] jwk': () => forge({ ...goodHeader, jwk: { kty: 'oct', k: encode('key') } }, goodClaims),
    '[JW-5] x5u': () => forge({ ...goodHeader, x5u: 'https://evil.example/cert' }, goodClaims),
    '[JW-5] x5c': () => forge({ ...goodHeader, x5c: ['AAAA'] }, goodClaims),
    '[JW-7] zip': () => forge({ ...goodHeader, zip: 'DEF' }, goodClaims),
    '[JW-7] PBES2': () => forge({ ...goodHeader, alg: 'PBES2-HS256+A128KW', p2c: 2_000_000_000 }, goodClaims),
    'a changed payload': () => {
      const [header, , signature] = forge(goodHeader, goodClaims).split('.')
      return `${header}.${encode({ ...goodClaims, sub: randomUUID() })}.${signature}`
    },
  }
  for (const name of ['sub', 'sid', 'jti', 'iat', 'exp', 'iss', 'aud']) {
    refused[`[JW-4] no ${name}`] = () => forge(goodHeader, without(name))
  }

  it.each(Object.entries(refused))('%s', async (_, make) => {
    expect(await tokens.verify('session', await make())).toBeNull()
  })

  it('[JW-8] the other spellings of one signature, by its last character', async () => {
    const token = forge(goodHeader, goodClaims)
    const others = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
      .map((last) => token.slice(0, -1) + last)
      .filter((other) => other !== token)
    expect(await Promise.all(others.map((other) => tokens.verify('session', other)))).toEqual(
      others.map(() => null),
    )
  })
})

describe('time', () => {
  const at = (seconds: number) => createTokens({ secret: SECRET, issuer: ISSUER, now: () => seconds * 1000 })

  it('[JW-4] a token past its end is told apart from a forged one, within a tolerance of 15 s', async () => {
    const token = forge(goodHeader, goodClaims)
    expect(await at(goodClaims.exp + 14).verify('session', token)).toMatchObject({ expired: false })
    expect(await at(goodClaims.exp + 15).verify('session', token)).toMatchObject({ expired: true })
    expect(await at(goodClaims.iat - 15).verify('session', token)).toMatchObject({ expired: false })
    expect(await at(goodClaims.iat - 16).verify('session', token)).toBeNull()
  })
})

describe('[JW-6] rotation', () => {
  const rotated = createTokens({
    secret: 'x'.repeat(40),
    previousSecret: SECRET,
    issuer: ISSUER,
    now: () => NOW_MS,
  })
  const later = createTokens({
    secret: 'y'.repeat(40),
    previousSecret: 'x'.repeat(40),
    issuer: ISSUER,
    now: () => NOW_MS,
  })

  it.each(KINDS)(
    'a %s token of the previous secret is accepted, and no longer one rotation later',
    async (kind) => {
      const old = await tokens.sign(kind, subject, 900)
      expect(await rotated.verify(kind, old)).not.toBeNull()
      expect(await later.verify(kind, old)).toBeNull()
    },
  )

  it('new tokens are signed with the current secret', async () => {
    const fresh = await rotated.sign('session', subject, 900)
    expect(await tokens.verify('session', fresh)).toBeNull()
    expect(await later.verify('session', fresh)).not.toBeNull()
  })
})

describe('[JW-3] every kind at every door', () => {
  const doors = KINDS.flatMap((made) => KINDS.map((door) => ({ made, door })))

  it.each(doors)('a $made token at the $door door', async ({ made, door }) => {
    const verified = await tokens.verify(door, await tokens.sign(made, subject, 900))
    expect(verified === null).toBe(made !== door)
  })

  it.each(doors)('a $made key with the header and audience of $door', async ({ made, door }) => {
    const { typ, audience } = TOKEN_KINDS[door]
    const token = forge(
      { ...goodHeader, typ, kid: kidOf(door) },
      { ...goodClaims, aud: audience },
      keyOf(made),
    )
    expect((await tokens.verify(door, token)) === null).toBe(made !== door)
  })

  it('keys of different kinds and secrets are all different', () => {
    expect(new Set(KINDS.map((kind) => Buffer.from(keyOf(kind)).toString('hex'))).size).toBe(KINDS.length)
  })
})
