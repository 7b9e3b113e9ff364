export type NodeMetrics = {
  readonly nodeId: string
  readonly rooms: number
  readonly participants: number
  /** Published and subscribed: each is a stream of packets. */
  readonly tracks: number
  readonly cpuSeconds: number
}

/**
 * What is of use here in a LiveKit node's Prometheus page. Every line of LiveKit's own carries the id of the process.
 *
 * @returns null when it is some other page
 */
export function parseMetrics(text: string): NodeMetrics | null {
  const nodeId = /^livekit_\w+\{[^}]*\bnode_id="([^"]+)"/m.exec(text)?.[1]
  if (nodeId === undefined) return null
  const sum = (name: string): number => {
    const lines = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([-+0-9.e]+)$`, 'gm'))
    return [...lines].reduce((total, [, value]) => total + Number(value), 0)
  }
  return {
    nodeId,
    rooms: sum('livekit_room_total'),
    participants: sum('livekit_participant_total'),
    tracks: sum('livekit_track_published_total') + sum('livekit_track_subscribed_total'),
    cpuSeconds: sum('process_cpu_seconds_total'),
  }
}
