import { createHash } from 'node:crypto'

/**
 * SE-6. On HTTPS `__Host-`: Secure, this host only, Path=/, so that no subdomain and no plain page can set it.
 * A guest has one cookie per meeting; its name gives away neither code nor id.
 */
export type CookieNames = {
  readonly secure: boolean
  readonly user: string
  readonly guestPrefix: string
  readonly recorder: string
  guest(meetingId: string): string
  /** Of one link to a recording. */
  share(shareId: string): string
  isShare(name: string): boolean
}

export function cookieNames(publicUrl: string): CookieNames {
  const secure = publicUrl.startsWith('https:')
  const prefix = secure ? '__Host-' : ''
  const guestPrefix = `${prefix}parley.guest.`
  const sharePrefix = `${prefix}parley.share.`
  return {
    secure,
    user: `${prefix}parley.session`,
    guestPrefix,
    recorder: `${prefix}parley.recorder`,
    guest: (meetingId) => guestPrefix + short(meetingId),
    share: (shareId) => sharePrefix + short(shareId),
    isShare: (name) => name.startsWith(sharePrefix) && SHORT.test(name.slice(sharePrefix.length)),
  }
}

const SHORT = /^[0-9a-f]{16}$/
const short = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 16)
