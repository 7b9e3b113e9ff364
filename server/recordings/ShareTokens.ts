import { type CookieNames, cookieNames } from '#server/auth/cookieNames.ts'
import { createTokens, type Tokens } from '#server/auth/tokens.ts'
import type { RunningEnv } from '#server/env.ts'
import { readCookie, readCookies, setCookie } from '#server/http/cookies.ts'
import type { LiveShare } from './PrismaRecordingShares.ts'
import { passcodeMark } from './shareSecrets.ts'

const LIFETIME_MS = 12 * 3_600_000
/** Links that a browser has open at a time: each is 440 bytes of every request, and Node takes 16 kB of headers. */
const MOST_OPEN = 10

/** One opening of a link: its own id, and the mark of the passcode it was opened with. */
type Opened = { readonly id: string; readonly mark: string }

/**
 * Who has opened a link carries a token of its own kind: a pointer to the link's row and a mark of its passcode,
 * nothing that grants anything by itself (JW-4). The row is asked on every request, so that revoking needs no list of
 * tokens. So the secret stands in one address only, the link's own, and in no request for media.
 */
export class ShareTokens {
  readonly #tokens: Tokens
  readonly #cookies: CookieNames

  constructor(env: Pick<RunningEnv, 'AUTH_SECRET' | 'AUTH_SECRET_PREVIOUS' | 'PUBLIC_URL'>) {
    this.#cookies = cookieNames(env.PUBLIC_URL)
    this.#tokens = createTokens({
      secret: env.AUTH_SECRET,
      previousSecret: env.AUTH_SECRET_PREVIOUS,
      issuer: env.PUBLIC_URL,
    })
  }

  /**
   * For whoever came by the link's secret and its passcode.
   *
   * @returns Set-Cookie headers: of this link, and the end of those that are not among the newest ten with it
   */
  async cookiesFor(share: LiveShare, cookieHeader: string | undefined): Promise<string[]> {
    const leftMs = share.expiresAt === null ? LIFETIME_MS : share.expiresAt.getTime() - Date.now()
    const lifetimeMs = Math.min(LIFETIME_MS, leftMs)
    const subject = { sub: share.id, sid: passcodeMark(share.passcodeHash) }
    const token = await this.#tokens.sign('share', subject, lifetimeMs / 1000)
    const expires = new Date(Date.now() + lifetimeMs)
    const { secure } = this.#cookies
    const name = this.#cookies.share(share.id)
    const former = (await this.#newestFirst(cookieHeader)).filter((other) => other !== name)
    const ended = former
      .slice(MOST_OPEN - 1)
      .map((other) => setCookie(other, '', { secure, expires: new Date(0) }))
    return [setCookie(name, token, { secure, expires }), ...ended]
  }

  /** Names of links' cookies in the header; what is not genuine, or is over, comes last. */
  async #newestFirst(cookieHeader: string | undefined): Promise<string[]> {
    const cookies = [...readCookies(cookieHeader)].filter(([name]) => this.#cookies.isShare(name))
    const dated = await Promise.all(
      cookies.map(async ([name, token]) => {
        const verified = await this.#tokens.verify('share', token)
        return { name, at: verified && !verified.expired ? verified.claims.iat : 0 }
      }),
    )
    // Browsers send the older first: of one second the later is the newer.
    return dated
      .toReversed()
      .toSorted((one, other) => other.at - one.at)
      .map(({ name }) => name)
  }

  /** What a genuine token for this link in the header says; null without one. */
  async openedIn(cookieHeader: string | undefined, shareId: string): Promise<Opened | null> {
    const token = readCookie(cookieHeader, this.#cookies.share(shareId))
    const verified = token === undefined ? null : await this.#tokens.verify('share', token)
    if (!verified || verified.expired || verified.claims.sub !== shareId) return null
    return { id: verified.claims.jti, mark: verified.claims.sid }
  }

  /** Whether the header holds a token for this link as it is now. */
  async opens(cookieHeader: string | undefined, share: LiveShare): Promise<boolean> {
    const opened = await this.openedIn(cookieHeader, share.id)
    return opened?.mark === passcodeMark(share.passcodeHash)
  }
}
