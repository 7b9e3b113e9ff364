import type { IncomingMessage } from 'node:http'
import { SFU_PATH } from './paths.ts'

/** What livekit-client opens a WebSocket to, in its two versions, and what it asks when that failed. */
const CONNECT = new Set(['/rtc', '/rtc/v1'])
const VALIDATE = new Set(['/rtc/validate', '/rtc/v1/validate'])
/**
 * All that a participant's client has to say. Not among them is `publish`, with which LiveKit opens a second, nameless
 * participant for the same token: a ghost that no list of ours would have (K9).
 */
const PARAMETERS = [
  'access_token',
  'join_request',
  'auto_subscribe',
  'auto_subscribe_data_track',
  'adaptive_stream',
  'disable_ice_lite',
  'subscriber_allow_pause',
  'reconnect',
  'reconnect_reason',
  'sid',
  'sdk',
  'protocol',
  'client_protocol',
  'version',
  'os',
  'os_version',
  'device_model',
  'browser',
  'browser_version',
  'network',
  'capabilities',
]
/** What the answer to a handshake is made of. Nothing else of a browser's headers is LiveKit's business. */
const FORWARDED = [
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-extensions',
  'sec-websocket-protocol',
  'user-agent',
]

export type GateRequest = {
  readonly kind: 'connect' | 'validate'
  /** Path and query as LiveKit is to see them. */
  readonly target: string
  readonly token: string
}

/**
 * @returns null for every path but the four, and for a request without a token in its query. What LiveKit gets is
 * written anew from the parameters it needs, so that no two readers of one query take it for different things.
 */
export function parseGateRequest(url: string | undefined): GateRequest | null {
  if (!url?.startsWith(`${SFU_PATH}/`)) return null
  const [path = '', query = ''] = url.slice(SFU_PATH.length).split('?', 2)
  const kind = CONNECT.has(path) ? 'connect' : VALIDATE.has(path) ? 'validate' : null
  const said = new URLSearchParams(query)
  const token = said.get('access_token')
  if (kind === null || token === null) return null
  const passed = new URLSearchParams()
  for (const name of PARAMETERS) {
    const value = said.get(name)
    if (value !== null) passed.set(name, value)
  }
  return { kind, target: `${path}?${passed}`, token }
}

/**
 * The request for LiveKit: its own path, the handshake's headers and no others. The token goes in the query alone, as
 * livekit-client sends it; an Authorization header, which LiveKit prefers, is not passed on.
 */
export function upstreamHead(request: IncomingMessage, target: string, host: string): string {
  const lines = [`GET ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: Upgrade', 'Upgrade: websocket']
  for (const name of FORWARDED) {
    const value = request.headers[name]
    if (typeof value === 'string') lines.push(`${name}: ${value}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}
