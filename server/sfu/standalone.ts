import path from 'node:path'
import { BootError } from '#server/boot/BootError.ts'
import { closeOnSignal } from '#server/boot/closeOnSignal.ts'
import { exitWith } from '#server/boot/exitWith.ts'
import { lockDataFolder } from '#server/boot/lockDataFolder.ts'
import { prepareDataFolder } from '#server/boot/secrets.ts'
import { type Env, loadEnv } from '#server/env.ts'
import { createLog } from '#server/log.ts'
import { installAdvice } from './install/advice.ts'
import { buildBinary } from './install/buildBinary.ts'
import { type Binary, findBinary, findGo } from './install/findBinary.ts'
import { drainNode } from './node/drainNode.ts'
import { findMediaAddress } from './node/mediaAddress.ts'
import { mediaNode, prepareNodeFolder } from './node/mediaNode.ts'
import { nodeConfig } from './node/nodeConfig.ts'
import { WEBHOOK_PATH } from './paths.ts'
import type { SfuKeys } from './SfuTokens.ts'

/** `npm run sfu`: one media node, for Parley processes that run elsewhere and name it in LIVEKIT_URL. */
async function main(): Promise<void> {
  const root = process.cwd()
  const env = loadEnv(process.env)
  const log = createLog(env.LOG_LEVEL, env.LOG_PRETTY ?? process.stdout.isTTY === true)
  const keys = requireKeys(env)
  const binary = (await findBinary(root, env.LIVEKIT_BIN)) ?? (await build(root, env))
  const dataFolder = path.resolve(root, env.PARLEY_DATA_DIR)
  prepareDataFolder(dataFolder)
  const folder = prepareNodeFolder(dataFolder)
  const unlock = lockDataFolder(folder)
  // PUBLIC_URL is Parley's address, which is another machine's.
  const media = await findMediaAddress(env.SFU_NODE_IP ?? null)
  const webhook = env.PUBLIC_URL === undefined ? null : `${env.PUBLIC_URL}${WEBHOOK_PATH}`
  const node = mediaNode(
    folder,
    {
      binary: binary.path,
      ports: {
        signalling: env.SFU_PORT,
        metrics: env.SFU_METRICS_PORT,
        // An operator's firewall has to know them: the same ones at each start, or none.
        udp: env.SFU_UDP_PORT ?? 7882,
        tcp: env.SFU_TCP_PORT ?? 7881,
      },
      configFor: (ports) =>
        nodeConfig({ bind: env.SFU_BIND, ports, media, keys, env, webhook, redisUrl: env.REDIS_URL ?? null }),
      onRunning: (ports) =>
        log.info({ ...ports, bind: env.SFU_BIND, media, version: binary.version }, 'media node runs'),
    },
    log,
  )
  node.start()
  const address = `http://${env.SFU_BIND}:${env.SFU_PORT}#${env.SFU_METRICS_PORT}`
  closeOnSignal(log, {
    people: () => drainNode(address, keys, log),
    node: () => node.stop(),
    lock: async () => unlock(),
  })
  process.stdout.write(`\n  Add to LIVEKIT_URL where Parley runs: ${address}\n\n`)
}

function requireKeys({ LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret }: Env): SfuKeys {
  if (key !== undefined && secret !== undefined) return { key, secret }
  throw new BootError(
    'A media node needs LIVEKIT_API_KEY and LIVEKIT_API_SECRET, the same ones as the Parley that uses it.\n' +
      'To make them: LIVEKIT_API_KEY=parley LIVEKIT_API_SECRET=$(openssl rand -hex 32)',
  )
}

async function build(root: string, env: Env): Promise<Binary> {
  const go = env.LIVEKIT_BIN === undefined ? await findGo() : null
  if (go === null) {
    const what =
      env.LIVEKIT_BIN === undefined
        ? 'There is no livekit-server here'
        : `LIVEKIT_BIN (${env.LIVEKIT_BIN}) cannot be run`
    throw new BootError([`${what}. One of:`, ...installAdvice()].join('\n  '))
  }
  let told = ''
  const building = buildBinary(root, go, (step) => {
    const what = step.replace(/ \(.*/, '')
    if (what !== told) process.stdout.write(`${what}…\n`)
    told = what
  })
  process.once('SIGINT', building.stop)
  process.once('SIGTERM', building.stop)
  await building.done
  process.off('SIGINT', building.stop)
  process.off('SIGTERM', building.stop)
  const built = await findBinary(root, undefined)
  if (!built) throw new BootError('The media server was built, and does not run.')
  return built
}

main().catch(exitWith)
