import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { generate } from 'selfsigned'

export type TlsFiles = { readonly key: string; readonly cert: string }

const DAY_MS = 86_400_000
const VALID_DAYS = 365
const RENEW_BEFORE_MS = 30 * DAY_MS

/** This machine's IPv4 addresses on its networks, the likeliest first. */
export function lanAddresses(): string[] {
  return Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}

/** A self-made certificate for these addresses, kept until it is near its end or an address is missing in it. */
export async function lanCertificate(folder: string, addresses: readonly string[]): Promise<TlsFiles> {
  const keyFile = path.join(folder, 'key.pem')
  const certFile = path.join(folder, 'cert.pem')
  if (existsSync(keyFile) && existsSync(certFile)) {
    const cert = readFileSync(certFile, 'utf8')
    if (stillFits(cert, addresses)) return { key: readFileSync(keyFile, 'utf8'), cert }
  }
  const made = await generate([{ name: 'commonName', value: 'Parley' }], {
    keyType: 'ec',
    notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          ...['127.0.0.1', ...addresses].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(keyFile, made.private, { mode: 0o600 })
  writeFileSync(certFile, made.cert, { mode: 0o600 })
  return { key: made.private, cert: made.cert }
}

function stillFits(pem: string, addresses: readonly string[]): boolean {
  const certificate = new X509Certificate(pem)
  const end = new Date(certificate.validTo).getTime()
  const named = addresses.every((address) => certificate.checkIP(address) !== undefined)
  return named && end - Date.now() > RENEW_BEFORE_MS
}
