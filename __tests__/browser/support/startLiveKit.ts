import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { freePort } from '../../support/freePort.ts'
import { killProcess } from '../../support/killProcess.ts'
import { livekitBinary } from '../../support/livekitBinary.ts'
import { until } from './until.ts'

export type LiveKitServer = {
  readonly port: number
  /** Lets `identity` into `room` for a minute, as the product's tokens do. */
  token(room: string, identity: string): Promise<string>
  /** Takes somebody's voice off the air, as a host does. */
  mute(room: string, identity: string): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** On the same ports, with nobody in it. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** A real one on loopback, with ports, a key and a configuration of its own. Rooms come with the first who enters. */
export async function startLiveKit(): Promise<LiveKitServer> {
  const binary = livekitBinary()
  if (binary === null) throw new Error('livekit-server is not installed, or set LIVEKIT_BIN')
  const folder = await mkdtemp(join(tmpdir(), 'parley-livekit-'))
  const [port, tcpPort, udpPort] = [await freePort(), await freePort(), await freePort()]
  const secret = randomBytes(32).toString('hex')
  const configuration = {
    port,
    bind_addresses: ['127.0.0.1'],
    rtc: {
      tcp_port: tcpPort,
      udp_port: udpPort,
      use_external_ip: false,
      node_ip: '127.0.0.1',
      enable_loopback_candidate: true,
      ips: { includes: ['127.0.0.0/8'] },
      // Else browsers are handed public ones.
      stun_servers: [`127.0.0.1:${udpPort}`],
    },
    keys: { test: secret },
    room: { auto_create: true, empty_timeout: 60, departure_timeout: 20, enable_remote_unmute: false },
    logging: { level: 'warn' },
  }
  const file = join(folder, 'livekit.yaml')
  // JSON is YAML.
  await writeFile(file, JSON.stringify(configuration))
  const path = binary
  let child: ChildProcess | null = null

  async function start(): Promise<void> {
    child = spawn(path, ['--config', file], { stdio: 'ignore' })
    await until('livekit-server', () => answers(port))
  }

  async function kill(): Promise<void> {
    const running = child
    child = null
    await killProcess(running)
  }

  const sign = (identity: string, video: object): Promise<string> =>
    new SignJWT({ video })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('test')
      .setSubject(identity)
      .setNotBefore('0s')
      .setExpirationTime('60s')
      .sign(new TextEncoder().encode(secret))

  /** LiveKit's own API for servers. */
  async function ask<Answer>(method: string, request: { room: string; identity: string }): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${port}/twirp/livekit.RoomService/${method}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await sign('', { room: request.room, roomAdmin: true })}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(request),
    })
    if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Answer
  }

  await start()
  return {
    port,
    token: (room, identity) => sign(identity, { room, roomJoin: true, canPublish: true, canSubscribe: true }),
    async mute(room, identity) {
      type Found = { tracks: readonly { sid: string; source: string }[] }
      const { tracks } = await ask<Found>('GetParticipant', { room, identity })
      const microphone = tracks.find(({ source }) => source === 'MICROPHONE')
      await ask('MutePublishedTrack', {
        room,
        identity,
        ...{ track_sid: microphone?.sid, muted: true },
      })
    },
    kill,
    restart: start,
    async stop() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, timeout: 1000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
}
