import { dictionary } from '@zxcvbn-ts/language-common'
import { processSingleton } from '#server/processSingleton.ts'

/** Whether a password, in lower case, is among the 49,000 most common ones (AU-2). Server only: the list is 390 kB. */
export function isCommonPassword(password: string): boolean {
  return processSingleton('commonPasswords', () => new Set<string>(dictionary.passwords)).has(password)
}
