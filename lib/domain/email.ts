import { z } from 'zod'

/** RFC 5321 §4.5.3.1. */
const MAX_LENGTH = 254
/** The unquoted ASCII form (RFC 5321 dot-atom); a domain of labels with at least one dot, or `localhost`. */
const ADDRESS =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(localhost|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$/
const MAX_LOCAL_PART = 64

/**
 * The one spelling under which an address is stored and looked up (AU-10): NFKC, trimmed, lower case, and only then
 * judged. Quoted parts, two `@`, and look-alikes that NFKC turns into `@` are refused: they have let strangers into
 * other people's accounts (next-auth 19d2feb24).
 *
 * @returns null when it is not an address we accept
 */
export function normaliseEmail(text: string): string | null {
  if (text.length > 4 * MAX_LENGTH) return null
  const normalised = text.normalize('NFKC').trim().toLowerCase()
  const ats = (value: string): number => value.split('@').length - 1
  if (ats(text) !== 1 || ats(normalised) !== 1) return null
  if (normalised.length > MAX_LENGTH || normalised.indexOf('@') > MAX_LOCAL_PART) return null
  return ADDRESS.test(normalised) ? normalised : null
}

/** An e-mail address as input, normalised. */
export const emailAddress = z
  .string()
  .max(4 * MAX_LENGTH)
  .transform((text, context) => {
    const email = normaliseEmail(text)
    if (email !== null) return email
    context.addIssue({ code: 'custom', message: 'Please enter a valid e-mail address.' })
    return z.NEVER
  })
