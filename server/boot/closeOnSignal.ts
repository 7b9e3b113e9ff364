import type { Server } from 'node:http'
import type { Log } from '#server/log.ts'

const CLOSE_TIMEOUT_MS = 15_000
const ECHO_MS = 500

/**
 * On SIGINT or SIGTERM runs the steps in order and leaves; one that fails or hangs does not keep the others from
 * running. A second signal leaves at once, unless it is the echo of the first: on a terminal Ctrl-C reaches us and
 * npm, which hands it on to us again.
 */
export function closeOnSignal(log: Log, steps: Readonly<Record<string, () => Promise<unknown>>>): void {
  const close = async (signal: string): Promise<void> => {
    log.info({ signal }, 'closing')
    for (const [name, step] of Object.entries(steps)) {
      await withinTime(step()).catch((error: unknown) =>
        log.error({ err: error, step: name }, 'closing failed'),
      )
    }
    log.info('closed')
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      const firstAt = performance.now()
      process.on(signal, () => {
        if (performance.now() - firstAt > ECHO_MS) process.exit(130)
      })
      void close(signal)
    })
  }
}

async function withinTime(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('took too long')), CLOSE_TIMEOUT_MS)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Stops accepting, lets requests in progress finish, and ends connections that only wait. */
export async function closeHttp(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    // What still runs after this time (a slow download) is cut off.
    setTimeout(() => server.closeAllConnections(), 3_000).unref()
  })
}
