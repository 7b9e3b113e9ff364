import { hkdfSync } from 'node:crypto'
import type { SfuKeys } from '../SfuTokens.ts'

const KEY_BYTES = 32

/**
 * The key of a node that belongs to this Parley alone, from the root secret (JW-3: a key per kind): the same after a
 * restart, so that a node which outlived us is still ours, and nothing more to keep secret.
 */
export function deriveKeys(authSecret: string): SfuKeys {
  const bytes = hkdfSync('sha256', authSecret, 'parley', 'parley:sfu', KEY_BYTES)
  return { key: 'parley', secret: Buffer.from(bytes).toString('base64url') }
}
