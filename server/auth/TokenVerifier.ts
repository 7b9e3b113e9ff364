import { createHash } from 'node:crypto'
import { BoundedCache } from './BoundedCache.ts'
import { CLOCK_TOLERANCE_SECONDS, type TokenKind, type Tokens } from './tokens.ts'

const CACHE_LIMIT = 20_000

export type Opened = {
  readonly sub: string
  readonly sid: string
  /** What the session's row is found by. */
  readonly sidHash: string
  /** Seconds since the epoch. */
  readonly iat: number
  readonly exp: number
}

/**
 * Remembers which token texts were genuine, by SHA-256 of the text, so that a signature is computed once per token and
 * process. Says nothing about whether the session lives: that is the row's to say, by sid, never the digest's (JW-8).
 */
export class TokenVerifier {
  readonly #kind: TokenKind
  readonly #tokens: Tokens
  readonly #now: () => number
  readonly #known = new BoundedCache<string, Opened>(CACHE_LIMIT)

  constructor(kind: TokenKind, tokens: Tokens, now: () => number) {
    this.#kind = kind
    this.#tokens = tokens
    this.#now = now
  }

  /** A token verified earlier, without waiting: null when its time is over, undefined when it is not remembered. */
  recall(token: string): Opened | null | undefined {
    const opened = this.#known.get(digestOf(token))
    return opened && (this.#inTime(opened) ? opened : null)
  }

  /** A genuine token within its time, else null. */
  async verify(token: string): Promise<Opened | null> {
    const opened = await this.genuine(token)
    return opened && this.#inTime(opened) ? opened : null
  }

  /** A genuine token, however old: for renewal only. */
  async genuine(token: string): Promise<Opened | null> {
    const digest = digestOf(token)
    const known = this.#known.get(digest)
    if (known) return known
    const verified = await this.#tokens.verify(this.#kind, token)
    if (!verified) return null
    const { sub, sid, iat, exp } = verified.claims
    const sidHash = createHash('sha256').update(sid).digest('base64url')
    const opened = { sub, sid, sidHash, iat, exp }
    // The expired ones too: a client that keeps sending one would otherwise cost a signature each time.
    this.#known.set(digest, opened)
    return opened
  }

  #inTime({ exp }: Opened): boolean {
    return exp + CLOCK_TOLERANCE_SECONDS > this.#now() / 1000
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64')
