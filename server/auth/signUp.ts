import { createHash, timingSafeEqual } from 'node:crypto'
import { passwordProblem } from '#lib/domain/passwordPolicy.ts'
import { AppError } from '#lib/errors.ts'
import { database } from '#server/db.ts'
import { env } from '#server/env.ts'
import { addressBlock } from '#server/http/clientAddress.ts'
import { limits } from '#server/limits/limits.ts'
import { isCommonPassword } from './commonPasswords.ts'
import { createAccounts } from './PrismaAccounts.ts'
import { passwords } from './passwords.ts'

export type SignUpRequest = {
  readonly name: string
  readonly email: string
  readonly password: string
  readonly setupCode?: string | undefined
  readonly address: string
  /** The request came straight from this machine. */
  readonly local: boolean
}

/** What the sign-up page has to show. */
export async function signUpTerms(local: boolean) {
  const firstAccount = await createAccounts(database()).isEmpty()
  return {
    open: firstAccount || env().SIGN_UP === 'open',
    firstAccount,
    setupCodeNeeded: firstAccount && !local,
  }
}

/**
 * Makes an account. The very first becomes the admin, and only for somebody at this machine or with the setup code.
 * @throws AppError invalid-request with the password's problem, forbidden, rate-limited, unavailable
 */
export async function signUp({
  name,
  email,
  password,
  setupCode,
  address,
  local,
}: SignUpRequest): Promise<void> {
  const problem = passwordProblem(password, { name, email, isCommon: isCommonPassword })
  if (problem) throw new AppError('invalid-request', problem)
  const codeFits = setupCode !== undefined && fitsSetupCode(setupCode)
  if (setupCode !== undefined && !codeFits) await limits().consume('setup-code', addressBlock(address))
  // Hashed before anybody knows whether the e-mail is taken: the same work either way.
  const passwordHash = await passwords().hash(password)
  await createAccounts(database()).signUp(
    { name, email, passwordHash, address },
    { open: env().SIGN_UP === 'open', mayBeFirst: local || codeFits },
  )
}

/** In constant time: digests have one length, whatever was typed. */
function fitsSetupCode(typed: string): boolean {
  const { PARLEY_SETUP_CODE: code } = env()
  if (code === undefined) return false
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(typed.trim()), digest(code))
}
