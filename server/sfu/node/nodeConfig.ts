import type { Env } from '#server/env.ts'
import type { SfuKeys } from '../SfuTokens.ts'
import type { MediaAddress } from './mediaAddress.ts'

export type NodePorts = {
  /** Private: signalling and API, for the gate alone. */
  readonly signalling: number
  readonly metrics: number
  /** Public: media. */
  readonly udp: number
  readonly tcp: number
}

export type NodeSetup = {
  readonly bind: string
  readonly ports: NodePorts
  readonly media: MediaAddress
  readonly keys: SfuKeys
  readonly env: Pick<Env, 'ICE_SERVERS' | 'TURN_URLS' | 'TURN_SECRET'>
  readonly webhook: string | null
  readonly redisUrl: string | null
}

/** As long as the mesh's (server/realtime/iceServers.ts): what is needed to find a path, not to keep it. */
const TURN_SECONDS = 600

/**
 * The configuration of a LiveKit node of ours. Its reader is strict: a key that it does not know stops its start.
 * Written as JSON, which is YAML.
 */
export function nodeConfig(setup: NodeSetup): Readonly<Record<string, unknown>> {
  const { bind, ports, keys, webhook, redisUrl } = setup
  return {
    port: ports.signalling,
    bind_addresses: [bind],
    prometheus: { port: ports.metrics },
    rtc: rtcConfig(setup),
    keys: { [keys.key]: keys.secret },
    // Rooms are opened by us or not at all; nobody is unmuted from afar (RM-8).
    room: { auto_create: false, enable_remote_unmute: false },
    limit: { max_metadata_size: 1_024, max_attributes_size: 1_024 },
    logging: { level: 'info', json: true },
    ...(webhook === null ? {} : { webhook: { api_key: keys.key, urls: [webhook] } }),
    ...(redisUrl === null ? {} : { redis: redisConfig(redisUrl) }),
  }
}

function rtcConfig({ ports, media, env }: NodeSetup): Readonly<Record<string, unknown>> {
  const turn = turnServers(env)
  const stun = stunServers(env)
  return {
    udp_port: ports.udp,
    tcp_port: ports.tcp,
    use_external_ip: false,
    ...addressConfig(media),
    // Named in any case: without one LiveKit hands Google's and Twilio's to every browser (K57). Its own media port
    // tells nobody anything new, and answers nothing.
    stun_servers:
      stun.length > 0 ? stun : [hostPort(media.kind === 'loopback' ? '127.0.0.1' : media.ip, ports.udp)],
    ...(turn.length > 0 ? { turn_servers: turn } : {}),
  }
}

function addressConfig(media: MediaAddress): Readonly<Record<string, unknown>> {
  // All addresses as they are, loopback too: a machine without a network works, and one that changes it as well.
  // ICE lite, because a full agent without a node_ip would ask Google where it is.
  if (media.kind === 'loopback') return { use_ice_lite: true, enable_loopback_candidate: true }
  if (media.kind === 'mapped') return { node_ip: media.ip }
  const prefix = media.ip.includes(':') ? 128 : 32
  return { node_ip: media.ip, ips: { includes: [`${media.ip}/${prefix}`] } }
}

type TurnServer = Readonly<Record<string, string | number>>

function turnServers({ ICE_SERVERS, TURN_URLS, TURN_SECRET }: NodeSetup['env']): TurnServer[] {
  const fixed = ICE_SERVERS.flatMap(({ urls, username, credential }) =>
    [urls]
      .flat()
      .flatMap((url) => turnServer(url, { username: username ?? '', credential: credential ?? '' })),
  )
  if (TURN_SECRET === undefined) return fixed
  const secret = { secret: TURN_SECRET, ttl: TURN_SECONDS }
  return [...TURN_URLS.flatMap((url) => turnServer(url, secret)), ...fixed]
}

/** `turn:host:port?transport=tcp` or `turns:…`; nothing for any other address. */
function turnServer(url: string, credentials: TurnServer): TurnServer[] {
  const match = /^(turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$/i.exec(url)
  if (!match) return []
  const [, scheme = '', host = '', port, transport] = match
  const secure = scheme.toLowerCase() === 'turns'
  return [
    {
      host: host.replace(/^\[|\]$/g, ''),
      port: Number(port ?? (secure ? 5349 : 3478)),
      protocol: secure ? 'tls' : (transport ?? 'udp').toLowerCase(),
      ...credentials,
    },
  ]
}

function stunServers({ ICE_SERVERS }: NodeSetup['env']): string[] {
  const urls = ICE_SERVERS.flatMap(({ urls }) => [urls].flat())
  return urls.flatMap((url) => {
    const server = /^stun:([^?]+)/i.exec(url)?.[1]
    return server === undefined ? [] : [/:\d+$/.test(server) ? server : `${server}:3478`]
  })
}

function redisConfig(url: string): Readonly<Record<string, unknown>> {
  const { protocol, hostname, port, username, password, pathname } = new URL(url)
  return {
    address: `${hostname}:${port || 6379}`,
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(pathname.length > 1 ? { db: Number(pathname.slice(1)) } : {}),
    ...(protocol === 'rediss:' ? { tls: { enabled: true } } : {}),
  }
}

const hostPort = (ip: string, port: number): string =>
  ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
