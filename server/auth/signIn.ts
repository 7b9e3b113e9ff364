import { z } from 'zod'
import { normaliseEmail } from '#lib/domain/email.ts'
import { MAX_PASSWORD_LENGTH } from '#lib/domain/passwordPolicy.ts'
import { AppError, isAppError } from '#lib/errors.ts'
import { addressBlock } from '#server/http/clientAddress.ts'
import type { Limits } from '#server/limits/createLimits.ts'
import type { Client } from './createSessions.ts'
import type { Accounts } from './PrismaAccounts.ts'
import type { AuditEntry } from './PrismaAudit.ts'
import type { Passwords } from './passwords.ts'

const credentials = z.object({
  email: z.string().max(1024),
  password: z
    .string()
    .min(1)
    .max(MAX_PASSWORD_LENGTH * 2),
})

export type SignInDeps = {
  readonly accounts: Pick<Accounts, 'findForSignIn' | 'setPasswordHash'>
  readonly passwords: Passwords
  readonly limits: Limits
  readonly audit: (entry: AuditEntry) => Promise<void>
}

export type SignedIn = { readonly id: string; readonly name: string; readonly email: string }

/**
 * Checks an e-mail and a password. Unknown, disabled and wrong are one answer and one amount of work (AU-4).
 *
 * Limits (AU-6): every attempt counts for its address and for the pair of account and address until it proves right; a
 * wrong password for the account as well. An account under attack from everywhere narrows each address to a few attempts, and never to none:
 * its owner is not locked out by somebody else.
 *
 * @returns null for a refusal
 * @throws AppError rate-limited, unavailable
 */
export async function signIn(deps: SignInDeps, input: unknown, client: Client): Promise<SignedIn | null> {
  const parsed = credentials.safeParse(input)
  if (!parsed.success) return null
  const { accounts, passwords, limits, audit } = deps
  const source = addressBlock(client.address)
  const email = normaliseEmail(parsed.data.email)
  // An address that cannot exist takes the same way as one that does not.
  const account = email ?? '?'
  const pair = `${account} ${source}`
  await limits.consume('sign-in-source', source)
  // Counted before the work, so that a hundred attempts at once are a hundred attempts; forgotten on success.
  await limits.consume('sign-in-pair', pair)
  if (await limits.exhausted('sign-in-account', account)) await limits.consume('sign-in-pair-attacked', pair)

  const user = email === null ? null : await orUnavailable(accounts.findForSignIn(email))
  const fits = await passwords.verify(user?.passwordHash ?? null, parsed.data.password)
  if (!user || !fits || user.disabledAt) {
    await countFailure(limits, account)
    await orUnavailable(
      audit({
        action: 'user.signInFailed',
        actorId: null,
        targetId: user?.id ?? null,
        address: client.address,
      }),
    )
    return null
  }
  await limits.refund('sign-in-source', source)
  await limits.clear('sign-in-pair', pair)
  await limits.clear('sign-in-pair-attacked', pair)
  if (passwords.isOutdated(user.passwordHash)) {
    await orUnavailable(accounts.setPasswordHash(user.id, await passwords.hash(parsed.data.password)))
  }
  return { id: user.id, name: user.name, email: user.email }
}

/** That it was the last one allowed is said to the next attempt, not to this one. */
async function countFailure(limits: Limits, account: string): Promise<void> {
  try {
    await limits.consume('sign-in-account', account)
  } catch (error) {
    if (isAppError(error) && error.code === 'rate-limited') return
    throw error
  }
}

async function orUnavailable<Value>(query: Promise<Value>): Promise<Value> {
  try {
    return await query
  } catch (cause) {
    throw AppError.unavailable(cause)
  }
}
