import { type Arrival, type Arrivals, SOURCES, type Source } from './ports.ts'

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
