import { X509Certificate } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { keyDigest } from '#server/boot/keyDigest.ts'
import { SupervisedProcess } from '#server/boot/SupervisedProcess.ts'
import type { TlsFiles } from '#server/boot/tls.ts'
import type { RunningEnv } from '#server/env.ts'
import type { Log } from '#server/log.ts'
import { findChromium } from './findChromium.ts'
import { recorderFolders } from './recorderFolders.ts'

type Options = {
  readonly root: string
  readonly env: RunningEnv
  /** Of our own making (`--lan`), or null where TLS is none of ours. */
  readonly tls: Pick<TlsFiles, 'cert'> | null
  readonly log: Log
}

const ENTRY = 'server/recorder/main.ts'
/** Its last chunks have to reach the server. */
const ENDING = [
  ['SIGTERM', 12_000],
  ['SIGKILL', 12_000],
] as const

/**
 * The recorder that belongs to this server: started when there is a Chromium, unless RECORDER says otherwise or nothing
 * may be recorded here. To be called when the server listens; nothing waits for it.
 */
export function createRecorder(options: Options): { close(): Promise<void> } {
  const { log } = options
  let closed = false
  const starting = startRecorder(options, () => closed).catch((error: unknown) => {
    log.error({ err: error }, 'the recorder could not be started')
    return null
  })
  return {
    async close() {
      closed = true
      await (await starting)?.stop()
    },
  }
}

async function startRecorder(
  { root, env, tls, log }: Options,
  closed: () => boolean,
): Promise<{ stop(): Promise<void> } | null> {
  if (env.RECORDER === 'off' || env.RECORDING === 'never' || env.PORT === 0) return null
  const chromium = await findChromium(env.CHROMIUM_BIN)
  if (chromium === null) {
    log.info('no Chromium: meetings are recorded in their hosts’ browsers only (docs/RECORDING.md)')
    return null
  }
  const dataFolder = path.resolve(root, env.PARLEY_DATA_DIR)
  const args = ['--supervised', '--chromium', chromium, ...reachArguments(env, tls)]
  const own = {
    NODE_ENV: env.NODE_ENV,
    DATABASE_URL: env.DATABASE_URL,
    AUTH_SECRET: env.AUTH_SECRET,
    PUBLIC_URL: env.PUBLIC_URL,
    PORT: String(env.PORT),
    PARLEY_DATA_DIR: dataFolder,
  }
  // It outlives a killed server, so that its recordings go on; the next start takes it over (REC-73).
  const recorder = new SupervisedProcess(
    {
      what: 'the recorder',
      folder: recorderFolders(dataFolder).own,
      name: 'recorder',
      mark: ENTRY,
      facts: z.object({}),
      choose: () => ({}),
      identity: () => [process.version, args, own],
      command: () => ({
        file: process.execPath,
        args: ['--import', 'tsx', ENTRY, ...args],
        cwd: root,
        env: { ...process.env, ...own },
      }),
      ending: ENDING,
    },
    log,
  )
  if (!closed()) recorder.start()
  return recorder
}

/** Behind a proxy that ends TLS only its own address will do; else the way is short, whatever the name leads to. */
function reachArguments({ PUBLIC_URL, HOST, PORT }: RunningEnv, tls: Options['tls']): string[] {
  if (new URL(PUBLIC_URL).protocol === 'https:' && tls === null) return []
  const here = HOST === undefined || HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST
  const ownKey = tls === null ? [] : ['--own-key', keyDigest(new X509Certificate(tls.cert))]
  return ['--reach', `${here}:${PORT}`, ...ownKey]
}
