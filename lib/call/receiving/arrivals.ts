import { type Arrival, type Arrivals, SOURCES, type Source } from '../ports.ts'

/** What has come of each source, by its receiver's own statistics. A receiver that cannot be asked has received nothing. */
export async function arrivalsOf(
  receiverOf: (source: Source) => RTCRtpReceiver | undefined,
): Promise<Arrivals> {
  const arrivals: Partial<Record<Source, Arrival>> = {}
  await Promise.all(
    SOURCES.map(async (source) => {
      const report = await receiverOf(source)
        ?.getStats()
        .catch(() => undefined)
      const arrival = report && arrivalIn(report)
      if (arrival) arrivals[source] = arrival
    }),
  )
  return arrivals
}

/** What has come since `before`. A receiver that counts from zero again has nothing to do with what was before. */
export function arrivalsSince(before: Arrivals, now: Arrivals): Arrivals {
  const arrivals: Partial<Record<Source, Arrival>> = {}
  for (const source of SOURCES) {
    const arrival = now[source]
    const known = before[source]?.count ?? 0
    if (arrival === undefined) continue
    arrivals[source] = arrival.count < known ? arrival : { ...arrival, count: arrival.count - known }
  }
  return arrivals
}

/** RTCInboundRtpStreamStats (W3C webrtc-stats §8.3): pictures count once decoded, sound once received. */
function arrivalIn(report: RTCStatsReport): Arrival | null {
  let arrival: Arrival | null = null
  report.forEach((stat: RTCInboundRtpStreamStats) => {
    if (stat.type !== 'inbound-rtp') return
    const { kind, framesDecoded = 0, packetsReceived = 0, frameWidth, frameHeight } = stat
    const count = kind === 'video' ? framesDecoded : packetsReceived
    const shortSidePx = frameWidth && frameHeight ? Math.min(frameWidth, frameHeight) : null
    arrival = { count, shortSidePx }
  })
  return arrival
}
