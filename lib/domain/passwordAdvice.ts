import { MIN_PASSWORD_LENGTH, passwordProblem } from './passwordPolicy.ts'

type Person = { readonly name: string; readonly email: string; readonly password: string }

/**
 * What can be said of a password while it is typed, in one short line. The server decides, and it alone knows the
 * common ones (AU-2): a browser need not load that list.
 * @returns the first thing to change, or null when nothing is known to be wrong
 */
export function passwordAdvice({ name, email, password }: Person): string | null {
  const missing = MIN_PASSWORD_LENGTH - [...password.normalize('NFKC')].length
  if (missing > 0)
    return `${missing} more ${missing === 1 ? 'character' : 'characters'}. A few words work well.`
  return passwordProblem(password, { name, email, isCommon: () => false })
}
