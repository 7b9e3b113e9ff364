import { createHash, type X509Certificate } from 'node:crypto'

/** What names a certificate's public key: the SHA-256 of its SubjectPublicKeyInfo, base64 (RFC 7469 §2.4). */
export const keyDigest = ({ publicKey }: X509Certificate): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
