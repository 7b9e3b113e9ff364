import type { RunningEnv } from '#server/env.ts'
import type { Log } from '#server/log.ts'
import { createSfuGate, type GateDeps, type SfuGate } from './createSfuGate.ts'
import { LiveKitSfu } from './LiveKitSfu.ts'
import { NodePool } from './NodePool.ts'
import { deriveKeys } from './node/deriveKeys.ts'
import { PlacedRooms } from './PlacedRooms.ts'
import { WEBHOOK_PATH } from './paths.ts'
import { type LocalNode, provideNodes } from './provideNodes.ts'
import { RoomWatch } from './RoomWatch.ts'
import type { Sfu, SfuGuard, SfuStatus } from './Sfu.ts'
import type { NodeLoad, NodeState } from './SfuNode.ts'
import { type SfuKeys, SfuTokens } from './SfuTokens.ts'
import { registerSfu, unregisterSfu } from './sfuService.ts'

export type NodeReport = {
  readonly name: string
  readonly instance: string | null
  readonly state: NodeState
  /** People in its rooms said lately that they get no media from it. */
  readonly silent: boolean
  readonly load: NodeLoad
}

/** For the self-check: what an admin may know. */
export type SfuReport = {
  readonly status: SfuStatus
  readonly nodes: readonly NodeReport[]
  readonly local: LocalNode | null
}

/** The media server as this process has it. */
export interface SfuService {
  /** For the rooms. */
  readonly port: Sfu
  readonly report: SfuReport
  /** Opens the way for browsers, and begins to compare who is there with who should be. Once. */
  open(guard: SfuGuard, passOn?: GateDeps['passOn']): SfuGate
  /** A webhook of LiveKit's. @returns false when it is not genuine */
  receiveWebhook(body: string, authorization: string | undefined): Promise<boolean>
  /** Closes the gate and ends the node that was started here. */
  close(): Promise<void>
}

type Options = { readonly root: string; readonly env: RunningEnv; readonly tls: boolean; readonly log: Log }

/** Starts to look for a media server; nothing waits for it. */
export function createSfu({ root, env, tls, log }: Options): SfuService {
  const keys = keysOf(env)
  const tokens = new SfuTokens(keys)
  const pool = new NodePool(log)
  const rooms = new PlacedRooms(pool, log)
  const sfu = new LiveKitSfu({ pool, rooms, tokens, log })
  // LiveKit does not accept a self-made certificate (`--lan`). Webhooks are hints; without them it takes seconds.
  const webhook = tls || env.PORT === 0 ? null : `http://127.0.0.1:${env.PORT}${WEBHOOK_PATH}`
  const onStatus = (status: SfuStatus | null): void => sfu.prepare(status)
  const provision = provideNodes({ root, env, keys, pool, webhook, log, onStatus })
  let opened: { readonly gate: SfuGate; readonly watch: RoomWatch } | null = null

  const service: SfuService = {
    port: sfu,
    get report() {
      const nodes = pool.nodes.map(({ name, instance, state, silent, load }) => ({
        name,
        instance,
        state,
        silent,
        load,
      }))
      return { status: sfu.status, nodes, local: provision.local }
    },
    open(guard, passOn) {
      const gate = createSfuGate({
        publicUrl: env.PUBLIC_URL,
        tokens,
        guard,
        log,
        ...(passOn === undefined ? {} : { passOn }),
        findNode: ({ room }) => rooms.find(room),
        letsIn: (node) => pool.letsIn(node),
        onUpstreamClosed: (node) => void pool.suspect(node),
      })
      sfu.onPutOut((out) => gate.putOut(out))
      const watch = new RoomWatch({ rooms, sfu, guard, gate, keys, log })
      // One that answers again may have lost what it knew with its Redis.
      pool.onChange(() => void watch.lookAtAll())
      opened = { gate, watch }
      return gate
    },
    receiveWebhook: async (body, authorization) => opened?.watch.receive(body, authorization) ?? false,
    async close() {
      unregisterSfu(service)
      opened?.watch.close()
      opened?.gate.close()
      pool.close()
      await sfu.close()
      await provision.close()
    },
  }
  registerSfu(service)
  return service
}

function keysOf(env: RunningEnv): SfuKeys {
  const { LIVEKIT_URL, LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret } = env
  if (LIVEKIT_URL.length > 0 && key !== undefined && secret !== undefined) return { key, secret }
  return deriveKeys(env.AUTH_SECRET)
}
