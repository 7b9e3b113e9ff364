import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/** Set on a connection that one of our processes passes on to another; nobody else can make its value. */
export const PASSPORT_HEADER = 'x-parley-forwarded'

const KEY_BYTES = 32

type Request = { readonly url?: string | undefined; readonly headers: IncomingHttpHeaders }

/** `absent`: the request came straight from outside. `forged`: it claims to come from one of us and does not. */
export type Reading = 'absent' | 'forged' | { readonly address: string }

/**
 * How one process tells another whose connection it passes on. The word is signed with a key from the root secret
 * (JW-3: a key per kind) for this one handshake and this one receiver, so that it is of no use anywhere else.
 */
export class Passports {
  readonly #signing: Buffer
  readonly #verifying: readonly Buffer[]

  constructor({ secret, previousSecret }: { secret: string; previousSecret?: string | undefined }) {
    this.#signing = keyOf(secret)
    this.#verifying = [this.#signing, ...(previousSecret === undefined ? [] : [keyOf(previousSecret)])]
  }

  write(request: Request, address: string, receiver: number): string {
    return `${address};${sign(this.#signing, request, address, receiver).toString('base64url')}`
  }

  read(request: Request, receiver: number | null): Reading {
    const said = request.headers[PASSPORT_HEADER]
    if (said === undefined) return 'absent'
    const [address = '', signature = '', ...rest] = typeof said === 'string' ? said.split(';') : []
    if (receiver === null || isIP(address) === 0 || rest.length > 0) return 'forged'
    const given = Buffer.from(signature, 'base64url')
    const genuine = this.#verifying.some((key) => {
      const expected = sign(key, request, address, receiver)
      return given.length === expected.length && timingSafeEqual(given, expected)
    })
    return genuine ? { address } : 'forged'
  }
}

const keyOf = (secret: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, 'parley', 'parley:forward', KEY_BYTES))

function sign(key: Buffer, { url, headers }: Request, address: string, receiver: number): Buffer {
  // Chosen by the browser for this one connection (RFC 6455 §4.1).
  const handshake = headers['sec-websocket-key'] ?? ''
  return createHmac('sha256', key).update([receiver, address, handshake, url].join('\n')).digest()
}
