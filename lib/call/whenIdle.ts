/** Acts in an idle moment of the page, after `timeoutMs` at the latest; at once in Safari, which knows of none. */
export function whenIdle(act: () => void, timeoutMs?: number): void {
  if (typeof requestIdleCallback !== 'function') act()
  else requestIdleCallback(act, timeoutMs === undefined ? {} : { timeout: timeoutMs })
}
