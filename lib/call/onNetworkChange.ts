type Connection = EventTarget & { readonly type?: string }

/** Calls `listener` when the device comes online or moves to another kind of network (wifi, cellular). */
export function onNetworkChange(listener: () => void): () => void {
  const { connection } = navigator as Navigator & { connection?: Connection }
  let type = connection?.type
  // The event also fires for each new estimate of speed, which is no reason to look for another path.
  const changed = () => {
    if (connection?.type === type) return
    type = connection?.type
    listener()
  }
  window.addEventListener('online', listener)
  connection?.addEventListener('change', changed)
  return () => {
    window.removeEventListener('online', listener)
    connection?.removeEventListener('change', changed)
  }
}
