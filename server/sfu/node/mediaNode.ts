import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { SupervisedProcess } from '#server/boot/SupervisedProcess.ts'
import type { Log } from '#server/log.ts'
import { choosePorts, type PortWishes } from './freePorts.ts'
import type { NodePorts } from './nodeConfig.ts'

/** Its first SIGTERM waits for all participants to leave, the second does not. */
const ENDING = [
  ['SIGTERM', 100],
  ['SIGTERM', 5_000],
  ['SIGKILL', 5_000],
] as const

const facts = z.object({
  ports: z.object({ signalling: z.number(), metrics: z.number(), udp: z.number(), tcp: z.number() }),
})

export type NodePlan = {
  readonly binary: string
  readonly configFor: (ports: NodePorts) => Readonly<Record<string, unknown>>
  readonly ports: PortWishes
  /** It was started, or found running; it answers in a moment. */
  readonly onRunning: (ports: NodePorts) => void
  /** It ended without having been told to. */
  readonly onEnded?: () => void
}

export type MediaNode = SupervisedProcess<z.infer<typeof facts>>

/**
 * A livekit-server that is kept running, on the same ports each time.
 *
 * @param folder of ours alone (its lock is held), for configuration, log and the process's id
 */
export function mediaNode(folder: string, plan: NodePlan, log: Log): MediaNode {
  const configFile = path.join(folder, 'livekit.yaml')
  return new SupervisedProcess(
    {
      what: 'the media server',
      folder,
      name: 'livekit',
      mark: configFile,
      facts,
      choose: async (former) => ({ ports: await choosePorts(plan.ports, former?.ports ?? null) }),
      identity({ ports }) {
        const { mtimeMs, size } = statSync(plan.binary)
        return [plan.binary, mtimeMs, size, plan.ports, plan.configFor(ports)]
      },
      command({ ports }) {
        // With the secret in it: for us alone, like its log.
        writeFileSync(configFile, JSON.stringify(plan.configFor(ports), null, 2), { mode: 0o600 })
        return {
          file: plan.binary,
          args: ['--config', configFile],
          cwd: folder,
          // Nothing of our environment, where secrets are, and where LIVEKIT_* would mean something to it.
          env: { PATH: process.env.PATH ?? '', HOME: folder },
        }
      },
      ending: ENDING,
      onRunning: ({ ports }) => plan.onRunning(ports),
      ...(plan.onEnded === undefined ? {} : { onEnded: plan.onEnded }),
    },
    log,
  )
}

/** The folder for a node of ours, for us alone. */
export function prepareNodeFolder(dataFolder: string): string {
  const folder = path.join(dataFolder, 'sfu')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}
