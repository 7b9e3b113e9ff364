import { AppError } from '#lib/errors.ts'

/** `a/b-1/c.webm`: no empty, no dotted segment, nothing that a file system or a URL reads otherwise. */
const KEY = /^[a-z0-9-]+(\/[a-z0-9][a-z0-9.-]*)*$/
const MAX_KEY = 512

/** Keys are made by us: a wrong one is a fault of ours. @throws AppError internal */
export function checkKey(key: string): string {
  if (key.length > MAX_KEY || !KEY.test(key) || key.includes('..')) throw wrongKey()
  return key
}

/** @throws AppError internal */
export function checkPrefix(prefix: string): string {
  if (!prefix.endsWith('/')) throw wrongKey()
  checkKey(prefix.slice(0, -1))
  return prefix
}

const wrongKey = () =>
  new AppError('internal', 'Something went wrong on the server.', {
    cause: new Error('a storage key that is none'),
  })
