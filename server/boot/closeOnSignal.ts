import type { Server } from 'node:http'
import type { Log } from '#server/log.ts'

const CLOSE_TIMEOUT_MS = 15_000
const ECHO_MS = 500
const CUT_OFF_AFTER_MS = 3_000

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

/** The two ends of an HTTP server: first it refuses new connections, and when all else is closed it ends those left. */
export function httpClosing(server: Server): { refuse(): Promise<void>; finish(): Promise<void> } {
  let closed: Promise<void> | undefined
  const begin = (): Promise<void> => {
    closed ??= new Promise((resolve) => server.close(() => resolve()))
    return closed
  }
  return {
    async refuse() {
      void begin()
    },
    /** Lets requests in progress finish. What still runs after a while (a slow download) is cut off. */
    async finish() {
      const ended = begin()
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), CUT_OFF_AFTER_MS).unref()
      await ended
    },
  }
}
