const nameOf = (partId: string): string => `parley-recording-${partId}`

/**
 * Says to the other pages of this browser that a part is in this page's hands, for as long as the page lives (Web Locks).
 *
 * @returns gives it back
 */
export function claimPart(locks: LockManager | undefined, partId: string): () => void {
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  locks?.request(nameOf(partId), () => held).catch(() => undefined)
  return release
}

/** Runs `work` unless another page has this part in its hands. Without Web Locks nobody can tell: chunks sent twice are one. */
export async function ifUnclaimed(
  locks: LockManager | undefined,
  partId: string,
  work: () => Promise<void>,
): Promise<void> {
  if (locks === undefined) return work()
  await locks.request(nameOf(partId), { ifAvailable: true }, async (lock) => {
    if (lock !== null) await work()
  })
}
