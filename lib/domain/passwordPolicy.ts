/** In Unicode code points. Fifteen, because the password is the only factor (AU-1, NIST SP 800-63B-4). */
export const MIN_PASSWORD_LENGTH = 15
/** Long enough for any phrase and any password manager, short enough to hash at once. */
export const MAX_PASSWORD_LENGTH = 512
const PASSWORD_HINT = `At least ${MIN_PASSWORD_LENGTH} characters. A few words that only you would put together are easy to remember and hard to guess.`

const PRODUCT_NAME = 'parley'
/** A word of the account's own may occur, when this much else is left. */
const MIN_REST = 8

export type PasswordContext = {
  readonly name: string
  readonly email: string
  /** Whether a password, in lower case, is among the common ones. */
  isCommon(password: string): boolean
}

/** The one form in which a password is judged, hashed and compared, whatever keyboard typed it. */
export const normalisePassword = (password: string): string => password.normalize('NFKC')

/**
 * Why a password is refused, in words for the person, or null when it is accepted. No rules about kinds of characters.
 */
export function passwordProblem(password: string, context: PasswordContext): string | null {
  const normalised = normalisePassword(password)
  const length = [...normalised].length
  if (length < MIN_PASSWORD_LENGTH) return `This password is too short. ${PASSWORD_HINT}`
  if (length > MAX_PASSWORD_LENGTH) return `Please use at most ${MAX_PASSWORD_LENGTH} characters.`
  const folded = normalised.toLowerCase()
  if (isCommon(folded, context)) return 'This password is one that many people use. Please choose another.'
  const word = ownWords(context).find((own) => folded.replaceAll(own, '').length < MIN_REST)
  if (word) return `This password is mostly "${word}", which is easy to guess. Please choose another.`
  return null
}

/** Common as it is, without the digits and signs around it, or as one short thing said over and over. */
function isCommon(folded: string, context: PasswordContext): boolean {
  const core = folded.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  if (
    context.isCommon(folded) ||
    (core.length > 0 && core.length < folded.length && context.isCommon(core))
  ) {
    return true
  }
  const unit = repeatedUnit(folded)
  return unit !== null && ([...unit].length < MIN_REST || context.isCommon(unit))
}

/** The shortest text that repeated gives the whole, or null. The classic: find the text in itself doubled. */
function repeatedUnit(text: string): string | null {
  const period = (text + text).indexOf(text, 1)
  return period < text.length ? text.slice(0, period) : null
}

function ownWords({ name, email }: PasswordContext): string[] {
  const localPart = email.split('@', 1)[0] ?? ''
  const words = [PRODUCT_NAME, name, localPart, ...name.split(/\s+/)]
  return words.map((word) => normalisePassword(word).trim().toLowerCase()).filter((word) => word.length >= 3)
}
