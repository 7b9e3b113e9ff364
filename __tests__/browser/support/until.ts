export type UntilOptions = { readonly timeoutMs?: number; readonly everyMs?: number }

/**
 * Asks `probe` until it answers something truthy, and returns that.
 * @throws Error that names `what` and the last answer or error, after `timeoutMs` (default 30 s)
 */
export async function until<Value>(
  what: string,
  probe: () => Promise<Value | null | undefined | false> | Value | null | undefined | false,
  { timeoutMs = 30_000, everyMs = 100 }: UntilOptions = {},
): Promise<Value> {
  const deadline = Date.now() + timeoutMs
  let last: unknown
  for (;;) {
    try {
      const value = await probe()
      if (value) return value
      last = value
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms for ${what}; last: ${describe(last)}`, { cause: last })
    }
    await pause(everyMs)
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function describe(value: unknown): string {
  return value instanceof Error ? value.message : JSON.stringify(value)
}
