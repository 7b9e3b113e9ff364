import { createHash, randomBytes } from 'node:crypto'

/** 128 bits, as 22 characters of base64url: nobody finds one by asking. */
export const newShareSecret = (): string => randomBytes(16).toString('base64url')

export const hashOfSecret = (secret: string): string =>
  createHash('sha256').update('parley:share:').update(secret).digest('base64url')

/**
 * What binds a share's token to its passcode: 128 bits of the hash that its row holds, so that a row with another
 * passcode is not opened by an old token.
 */
export const passcodeMark = (passcodeHash: string | null): string =>
  createHash('sha256')
    .update('parley:passcode:')
    .update(passcodeHash ?? '')
    .digest('base64url')
    .slice(0, 22)
