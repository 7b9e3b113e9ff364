/** `a/b-1/c.webm`: no empty, no dotted segment, nothing that a file system or a URL reads otherwise. */
const KEY = /^[a-z0-9-]+(\/[a-z0-9][a-z0-9.-]*)*$/
const MAX_KEY = 512

/** Keys are made by us, so that a wrong one is a fault of ours. @throws Error */
export function checkKey(key: string): string {
  if (key.length > MAX_KEY || !KEY.test(key) || key.includes('..'))
    throw new Error('a storage key that is none')
  return key
}

/** @throws Error */
export function checkPrefix(prefix: string): string {
  if (!prefix.endsWith('/')) throw new Error('a prefix ends in a slash')
  checkKey(prefix.slice(0, -1))
  return prefix
}
