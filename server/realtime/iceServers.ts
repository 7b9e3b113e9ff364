import { createHmac } from 'node:crypto'
import type { IceServer } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Env } from '#server/env.ts'

const CREDENTIAL_MS = 10 * 60_000
/** The contract's bound on addresses of one entry. */
const URLS_PER_ENTRY = 4
const MAX_ENTRIES = 8

export type IceAccess = { readonly iceServers: IceServer[]; readonly iceExpiresAt: number | null }

/**
 * Where an admitted participant's browser finds its way through NAT. TURN credentials are coturn's REST form
 * (`use-auth-secret`): user `<expiry>:<participant>`, password the HMAC-SHA1 of it; the secret stays here (ME-4).
 * Empty unless configured: no third party learns who calls (K57).
 *
 * @param now ms since the epoch
 */
export function iceServersFor(
  env: Pick<Env, 'ICE_SERVERS' | 'TURN_URLS' | 'TURN_SECRET'>,
  participant: ParticipantId,
  now: number,
): IceAccess {
  const fixed = env.ICE_SERVERS.flatMap(({ urls, ...credentials }) => entries([urls].flat(), credentials))
  if (env.TURN_SECRET === undefined || env.TURN_URLS.length === 0) {
    return { iceServers: fixed.slice(0, MAX_ENTRIES), iceExpiresAt: null }
  }
  const expiresAt = now + CREDENTIAL_MS
  const username = `${Math.floor(expiresAt / 1000)}:${participant}`
  const credential = createHmac('sha1', env.TURN_SECRET).update(username).digest('base64')
  const turn = entries(env.TURN_URLS, { username, credential })
  return { iceServers: [...turn, ...fixed].slice(0, MAX_ENTRIES), iceExpiresAt: expiresAt }
}

/** The same servers for who has no seat yet, or null where one of them needs credentials: those are not for everybody. */
export function openIceServers(
  env: Pick<Env, 'ICE_SERVERS' | 'TURN_URLS' | 'TURN_SECRET'>,
): readonly IceServer[] | null {
  const turn = env.TURN_SECRET !== undefined && env.TURN_URLS.length > 0
  const open = env.ICE_SERVERS.every(({ username, credential }) => (username ?? credential) === undefined)
  if (turn || !open) return null
  return env.ICE_SERVERS.flatMap(({ urls }) => entries([urls].flat(), {})).slice(0, MAX_ENTRIES)
}

function entries(
  urls: readonly string[],
  { username, credential }: { username?: string | undefined; credential?: string | undefined },
): IceServer[] {
  const result: IceServer[] = []
  for (let start = 0; start < urls.length; start += URLS_PER_ENTRY) {
    result.push({
      urls: urls.slice(start, start + URLS_PER_ENTRY),
      ...(username === undefined ? {} : { username }),
      ...(credential === undefined ? {} : { credential }),
    })
  }
  return result
}
