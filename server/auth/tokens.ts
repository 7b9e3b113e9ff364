import { createHash, hkdfSync, randomUUID } from 'node:crypto'
import { base64url, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'

/**
 * Every kind of token Parley makes. Each has its own `typ`, its own audience and its own key (RFC 8725 §3.11–3.12), so
 * that none is taken for another. A new kind is a new line here and is in the cross matrix test at once (JW-3).
 */
export const TOKEN_KINDS = {
  session: { typ: 'parley-session+jwt', audience: 'parley:session' },
  guest: { typ: 'parley-guest+jwt', audience: 'parley:guest' },
  recorder: { typ: 'parley-recorder+jwt', audience: 'parley:recorder' },
  share: { typ: 'parley-share+jwt', audience: 'parley:share' },
} as const

export type TokenKind = keyof typeof TOKEN_KINDS

/** The same made for every kind there is. */
export const forEachKind = <Value>(make: (kind: TokenKind) => Value): Record<TokenKind, Value> => ({
  session: make('session'),
  guest: make('guest'),
  recorder: make('recorder'),
  share: make('share'),
})

const ALGORITHM = 'HS256'
const KEY_BYTES = 32
/** Ours are about 450 characters; what is longer is not ours and is not parsed. */
const MAX_TOKEN_LENGTH = 4096
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/
const HEADER_NAMES = new Set(['alg', 'typ', 'kid'])
/** Clocks of our own processes may differ by this much. */
export const CLOCK_TOLERANCE_SECONDS = 15

/** JW-4: exactly these claims, all of them; nothing private, nothing that grants anything. */
const claimsSchema = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  sub: z.uuid(),
  /** 128 random bits; the session's row stores its SHA-256. */
  sid: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  jti: z.uuid(),
  iat: z.int().nonnegative(),
  exp: z.int().nonnegative(),
})
type TokenClaims = z.infer<typeof claimsSchema>

type Verified = { readonly claims: TokenClaims; readonly expired: boolean }

export interface Tokens {
  /** @returns a compact JWS that lives for `lifetimeSeconds` from now */
  sign(kind: TokenKind, subject: { sub: string; sid: string }, lifetimeSeconds: number): Promise<string>
  /**
   * @returns null for everything that is not a genuine token of this kind; a genuine one that is past its time is
   * returned as expired, and only renewal may accept it
   */
  verify(kind: TokenKind, token: string): Promise<Verified | null>
}

export type TokensOptions = {
  readonly secret: string
  /** The former secret: verifies, signs nothing. */
  readonly previousSecret?: string | undefined
  readonly issuer: string
  /** ms since the epoch */
  readonly now?: () => number
}

type Key = { readonly kid: string; readonly bytes: Uint8Array }

/** HKDF (RFC 5869) with the kind as info. The kid names the secret, so that it stays the same when it becomes the previous. */
function deriveKey(secret: string, kind: TokenKind): Key {
  const bytes = new Uint8Array(hkdfSync('sha256', secret, 'parley', TOKEN_KINDS[kind].audience, KEY_BYTES))
  const kid = createHash('sha256').update('parley:kid:').update(bytes).digest('base64url').slice(0, 11)
  return { kid, bytes }
}

export function createTokens({ secret, previousSecret, issuer, now = Date.now }: TokensOptions): Tokens {
  const signing = forEachKind((kind) => deriveKey(secret, kind))
  const verifying = (kind: TokenKind): ReadonlyMap<string, Uint8Array> => {
    const keys = [signing[kind], ...(previousSecret === undefined ? [] : [deriveKey(previousSecret, kind)])]
    return new Map(keys.map(({ kid, bytes }) => [kid, bytes]))
  }
  const keys = forEachKind(verifying)
  const nowSeconds = (): number => Math.floor(now() / 1000)

  return {
    async sign(kind, { sub, sid }, lifetimeSeconds) {
      const { typ, audience } = TOKEN_KINDS[kind]
      const issuedAt = nowSeconds()
      return new SignJWT({ sid })
        .setProtectedHeader({ alg: ALGORITHM, typ, kid: signing[kind].kid })
        .setSubject(sub)
        .setJti(randomUUID())
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + Math.max(1, Math.floor(lifetimeSeconds)))
        .sign(signing[kind].bytes)
    },

    async verify(kind, token) {
      const key = keyFor(token, keys[kind])
      if (!key) return null
      try {
        const { typ, audience } = TOKEN_KINDS[kind]
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          issuer,
          audience,
          typ,
          requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
          // Time is judged below, so that renewal can tell a genuine token that has expired from a forged one.
          currentDate: new Date(0),
        })
        const claims = claimsSchema.parse(payload)
        if (claims.iat > nowSeconds() + CLOCK_TOLERANCE_SECONDS || claims.exp < claims.iat) return null
        return { claims, expired: claims.exp + CLOCK_TOLERANCE_SECONDS <= nowSeconds() }
      } catch {
        return null
      }
    },
  }
}

/**
 * The key a token may be checked with, or undefined when its form alone disqualifies it: too long, not a compact JWS
 * (JW-2), a header with anything but alg, typ and kid (no crit, jku, jwk, x5u, x5c, zip: JW-5, JW-7), a kid that is not
 * in the fixed map, or a signature whose last character carries stray bits (two spellings of one signature).
 */
function keyFor(token: string, keys: ReadonlyMap<string, Uint8Array>): Uint8Array | undefined {
  if (token.length > MAX_TOKEN_LENGTH || !COMPACT_JWS.test(token)) return undefined
  const signature = token.slice(token.lastIndexOf('.') + 1)
  try {
    if (base64url.encode(base64url.decode(signature)) !== signature) return undefined
    const header = decodeProtectedHeader(token)
    if (Object.keys(header).some((name) => !HEADER_NAMES.has(name))) return undefined
    return typeof header.kid === 'string' ? keys.get(header.kid) : undefined
  } catch {
    return undefined
  }
}
