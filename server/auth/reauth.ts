import { AppError, isAppError } from '#lib/errors.ts'
import { database } from '#server/db.ts'
import { errorResponse } from '#server/http/errorResponse.ts'
import { limits } from '#server/limits/limits.ts'
import type { UserIdentity } from './identity.ts'
import { createAccounts } from './PrismaAccounts.ts'
import { passwords } from './passwords.ts'

/** How long after signing in a person may end sessions without saying the password again (SE-5). */
const FRESH_MS = 60 * 60_000

/**
 * Asks for the password again when the sign-in is old.
 * @returns the refusal to send, with a header that tells the page to ask, or null when all is well
 */
export async function reauthenticate(
  { userId, signedInAt }: UserIdentity,
  password: string | undefined,
): Promise<Response | null> {
  if (Date.now() - signedInAt.getTime() < FRESH_MS) return null
  try {
    if (password === undefined) throw new AppError('forbidden', 'Please enter your password to continue.')
    await limits().consume('reauth', userId)
    const stored = await createAccounts(database()).passwordHash(userId)
    if (await passwords().verify(stored, password)) return null
    throw new AppError('forbidden', 'This password is not right.')
  } catch (error) {
    if (isAppError(error) && error.code === 'forbidden')
      return errorResponse(error, { 'x-parley-reauth': '1' })
    throw error
  }
}
