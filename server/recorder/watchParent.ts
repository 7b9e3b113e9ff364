const LOOK_EVERY_MS = 2_000
/** A server that was killed is started again within this time, or it is not. */
const PATIENCE_MS = 120_000

/**
 * A recorder outlives the server that started it, because what it records goes on while the server is restarted; but not
 * for ever. The next server takes it over by its record (createRecorder).
 */
export function watchParent(serverAnswers: () => Promise<boolean>, end: () => void): void {
  const parent = process.ppid
  let answeredAt = performance.now()
  const timer = setInterval(async () => {
    if (process.ppid === parent || (await serverAnswers())) answeredAt = performance.now()
    else if (performance.now() - answeredAt > PATIENCE_MS) {
      clearInterval(timer)
      end()
    }
  }, LOOK_EVERY_MS)
  timer.unref()
}
