import path from 'node:path'
import type { RunningEnv } from '#server/env.ts'
import type { Log } from '#server/log.ts'
import { findChromium } from './findChromium.ts'
import { recorderFolders } from './recorderFolders.ts'
import { SupervisedRecorder } from './SupervisedRecorder.ts'

type Options = { readonly root: string; readonly env: RunningEnv; readonly tls: boolean; readonly log: Log }

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
): Promise<SupervisedRecorder | null> {
  if (env.RECORDER === 'off' || env.RECORDING === 'never' || env.PORT === 0) return null
  if ((await findChromium(env.CHROMIUM_BIN)) === null) {
    log.info('no Chromium: meetings are recorded in their hosts’ browsers only (docs/RECORDING.md)')
    return null
  }
  const dataFolder = path.resolve(root, env.PARLEY_DATA_DIR)
  const recorder = new SupervisedRecorder(
    {
      root,
      folder: recorderFolders(dataFolder).own,
      args: ['--supervised', ...reachArguments(env, tls)],
      env: {
        NODE_ENV: env.NODE_ENV,
        DATABASE_URL: env.DATABASE_URL,
        AUTH_SECRET: env.AUTH_SECRET,
        PUBLIC_URL: env.PUBLIC_URL,
        PORT: String(env.PORT),
        PARLEY_DATA_DIR: dataFolder,
      },
    },
    log,
  )
  if (!closed()) recorder.start()
  return recorder
}

/** Behind a proxy that ends TLS only its own address will do; else the way is short, whatever the name leads to. */
function reachArguments({ PUBLIC_URL, HOST, PORT }: RunningEnv, tls: boolean): string[] {
  if (new URL(PUBLIC_URL).protocol === 'https:' && !tls) return []
  const here = HOST === undefined || HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST
  return ['--reach', `${here}:${PORT}`, ...(tls ? ['--own-certificate'] : [])]
}
