import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockDataFolder } from '#server/boot/lockDataFolder.ts'
import type { RunningEnv } from '#server/env.ts'
import type { Log } from '#server/log.ts'
import { installAdvice } from './install/advice.ts'
import { buildBinary } from './install/buildBinary.ts'
import { type Binary, findBinary, findGo } from './install/findBinary.ts'
import type { NodePool } from './NodePool.ts'
import { findMediaAddress, type MediaAddress } from './node/mediaAddress.ts'
import { mediaNode, prepareNodeFolder } from './node/mediaNode.ts'
import { type NodePorts, nodeConfig } from './node/nodeConfig.ts'
import type { SfuStatus } from './Sfu.ts'
import { SfuNode } from './SfuNode.ts'
import type { SfuKeys } from './SfuTokens.ts'

/** What is known of the node that runs here; for the self-check. */
export type LocalNode = { readonly version: string; readonly media: MediaAddress; readonly ports: NodePorts }

const START_PATIENCE_MS = 10_000
const LOOK_EVERY_MS = 50

export type ProvideOptions = {
  /** The project folder: `.bin/`, tools/sfu. */
  readonly root: string
  readonly env: RunningEnv
  readonly keys: SfuKeys
  readonly pool: NodePool
  /** Where a node of ours may tell its events: this process, or nowhere. */
  readonly webhook: string | null
  readonly log: Log
  /** Told how far it is, and null when the nodes speak for themselves. */
  readonly onStatus: (status: SfuStatus | null) => void
}

export interface Provision {
  readonly local: LocalNode | null
  /** Ends what was started here. */
  close(): Promise<void>
}

/**
 * Where the media server comes from: the nodes that are named, else a binary that is found and started, else one that
 * is built while meetings already run without, else none, with what a person can do about it.
 */
export function provideNodes(options: ProvideOptions): Provision {
  const { root, env, keys, pool, log, onStatus } = options
  const closing = new AbortController()
  const ends: (() => Promise<void>)[] = []
  let local: LocalNode | null = null

  async function provide(): Promise<void> {
    if (env.SFU === 'off')
      return onStatus({ state: 'absent', reason: 'it is switched off (SFU=off)', advice: [] })
    if (env.LIVEKIT_URL.length > 0) {
      await Promise.all(env.LIVEKIT_URL.map((url) => pool.add(new SfuNode(url, keys))))
      return onStatus(null)
    }
    const binary = (await findBinary(root, env.LIVEKIT_BIN)) ?? (await build())
    if (binary && !closing.signal.aborted) await startNode(binary)
  }

  async function build(): Promise<Binary | null> {
    if (env.LIVEKIT_BIN !== undefined) return absent(`LIVEKIT_BIN (${env.LIVEKIT_BIN}) cannot be run`)
    const go = await findGo()
    if (go === null) return absent('there is no livekit-server on this machine, and no Go to build it with')
    log.info('building the media server; meetings stay direct until it is there')
    const started = performance.now()
    const building = buildBinary(root, go, (step) => onStatus({ state: 'preparing', step }))
    ends.push(async () => building.stop())
    try {
      await building.done
    } catch (error) {
      if (closing.signal.aborted) return null
      log.error({ err: error }, 'the media server could not be built')
      return absent(`building it failed: ${error instanceof Error ? error.message : String(error)}`)
    }
    log.info({ seconds: Math.round((performance.now() - started) / 1000) }, 'the media server is built')
    return findBinary(root, undefined)
  }

  function absent(reason: string): null {
    onStatus({ state: 'absent', reason, advice: installAdvice() })
    return null
  }

  async function startNode(binary: Binary): Promise<void> {
    const media = await findMediaAddress(env.SFU_NODE_IP ?? new URL(env.PUBLIC_URL).hostname)
    const folder = prepareNodeFolder(path.resolve(root, env.PARLEY_DATA_DIR))
    // The embedded database's lock is on the folder above, and is not held with a DATABASE_URL.
    const unlock = lockDataFolder(folder)
    let current: SfuNode | null = null
    const supervised = mediaNode(
      folder,
      {
        binary: binary.path,
        ports: { udp: env.SFU_UDP_PORT, tcp: env.SFU_TCP_PORT },
        configFor: (ports) =>
          nodeConfig({
            bind: '127.0.0.1',
            ports,
            media,
            keys,
            env,
            webhook: options.webhook,
            redisUrl: null,
          }),
        onRunning(ports) {
          local = { version: binary.version, media, ports }
          const url = `http://127.0.0.1:${ports.signalling}#${ports.metrics}`
          if (current && current.address.port !== ports.signalling) {
            pool.remove(current)
            current = null
          }
          if (current) return void untilReady(current)
          current = new SfuNode(url, keys)
          void pool.add(current).then(async () => {
            if (current) await untilReady(current)
            onStatus(null)
          })
        },
        onEnded() {
          if (current) void pool.suspect(current)
        },
      },
      log,
    )
    ends.push(async () => {
      await supervised.stop()
      unlock()
    })
    log.info({ version: binary.version, binary: binary.path, media }, 'starting the media server')
    supervised.start()
  }

  /** It answers a moment after its start; sooner known is sooner used. */
  async function untilReady(node: SfuNode): Promise<void> {
    const deadline = performance.now() + START_PATIENCE_MS
    while (node.state !== 'ready' && performance.now() < deadline && !closing.signal.aborted) {
      await sleep(LOOK_EVERY_MS)
      await pool.check(node)
    }
  }

  provide().catch((error: unknown) => {
    log.error({ err: error }, 'there is no media server')
    onStatus({ state: 'unavailable', reason: error instanceof Error ? error.message : String(error) })
  })

  return {
    get local() {
      return local
    },
    async close() {
      closing.abort()
      await Promise.all(ends.map((end) => end()))
    },
  }
}
