import { AppError } from '#lib/errors.ts'
import { shareSecret } from '#lib/protocol/viewing.ts'
import type { Passwords } from '#server/auth/passwords.ts'
import { addressBlock } from '#server/http/clientAddress.ts'
import type { Limits } from '#server/limits/createLimits.ts'
import type { LiveShare, RecordingShares } from './PrismaRecordingShares.ts'
import type { ShareTokens } from './ShareTokens.ts'

export type OpenDeps = {
  readonly shares: RecordingShares
  readonly tokens: ShareTokens
  readonly passwords: Pick<Passwords, 'verify'>
  readonly limits: Limits
}

type Knock = {
  readonly secret: string
  readonly passcode?: string | undefined
  readonly cookie: string | undefined
  readonly address: string
}

/**
 * Lets a link's holder in.
 *
 * @returns the link, and whether they are in: without a passcode that it asks for, they are not yet
 * @throws AppError not-found for an unknown, an expired and a revoked link alike; forbidden for a wrong passcode;
 * rate-limited when too many were wrong, from here or from everywhere
 */
export async function openSharedLink(
  { shares, tokens, passwords, limits }: OpenDeps,
  { secret, passcode, cookie, address }: Knock,
): Promise<{ share: LiveShare; open: boolean }> {
  const parsed = shareSecret.safeParse(secret)
  const share = parsed.success ? await shares.findBySecret(parsed.data) : null
  if (!share) throw AppError.notFound('This link')
  if (share.passcodeHash === null || (await tokens.opens(cookie, share))) return { share, open: true }
  if (passcode === undefined) return { share, open: false }
  const here = `${share.id} ${addressBlock(address)}`
  // Used up before it is compared: attempts at the same time count as well.
  await limits.consume('share-passcode', here)
  await limits.consume('share-passcode-all', share.id)
  if (!(await passwords.verify(share.passcodeHash, passcode))) {
    throw new AppError('forbidden', 'passcode: This passcode is not right.')
  }
  await limits.refund('share-passcode', here)
  await limits.refund('share-passcode-all', share.id)
  return { share, open: true }
}
