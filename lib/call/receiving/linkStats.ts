import type { Path, Quality } from '../ports.ts'

/** What one getStats report says about receiving from a peer, reduced to what is shown. */
export type LinkSample = {
  readonly relayed: boolean | null
  readonly bytesReceived: number
  readonly packetsReceived: number
  readonly packetsLost: number
  readonly framesDecoded: number
  /** A picture of ours is sent smaller or slower than asked for. */
  readonly limited: boolean
  /** ms, of the report. */
  readonly at: number
}

/** One entry of an RTCStatsReport (W3C webrtc-stats §4). */
export type Stat = {
  readonly id: string
  readonly type: string
  readonly timestamp: number
  readonly [key: string]: unknown
}

/** An RTCStatsReport, or several in one. */
export type Stats = { forEach(look: (stat: Stat) => void): void }

export function readSample(report: Stats): LinkSample {
  let sample = {
    bytesReceived: 0,
    packetsReceived: 0,
    packetsLost: 0,
    framesDecoded: 0,
    limited: false,
    at: 0,
  }
  const byId = new Map<string, Stat>()
  report.forEach((stat: Stat) => {
    byId.set(stat.id, stat)
    sample = { ...sample, at: Math.max(sample.at, stat.timestamp) }
    if (stat.type === 'outbound-rtp' && isLimited(stat)) sample = { ...sample, limited: true }
    if (stat.type !== 'inbound-rtp') return
    sample = {
      ...sample,
      bytesReceived: sample.bytesReceived + number(stat.bytesReceived),
      packetsReceived: sample.packetsReceived + number(stat.packetsReceived),
      packetsLost: sample.packetsLost + number(stat.packetsLost),
      framesDecoded: sample.framesDecoded + number(stat.framesDecoded),
    }
  })
  return { ...sample, relayed: isRelayed(byId) }
}

/** RTCOutboundRtpStreamStats.qualityLimitationReason (W3C webrtc-stats §8.6); Firefox does not say. */
const isLimited = ({ qualityLimitationReason: reason }: Stat): boolean =>
  reason === 'cpu' || reason === 'bandwidth'

const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** By the selected pair: named by the transport, or marked (Firefox has no transport stats). Null while unknown. */
function isRelayed(stats: ReadonlyMap<string, Stat>): boolean | null {
  const all = [...stats.values()]
  const named = all.find((stat) => stat.type === 'transport')?.selectedCandidatePairId
  const pair =
    (typeof named === 'string' ? stats.get(named) : undefined) ??
    all.find((stat) => stat.type === 'candidate-pair' && (stat.selected === true || stat.nominated === true))
  if (pair === undefined) return null
  const ends = [pair.localCandidateId, pair.remoteCandidateId]
  return ends.some((id) => typeof id === 'string' && stats.get(id)?.candidateType === 'relay')
}

export const pathOf = (sample: LinkSample): Path =>
  sample.relayed === null ? 'connecting' : sample.relayed ? 'relayed' : 'direct'

/** What a peer should be sending us now. */
export type Expected = { readonly anything: boolean; readonly framesPerSecond: number | null }

/** Media silent for this long is lost (experience.md "Tiles"). */
const LOST_AFTER_MS = 3000

/**
 * Quality as the share of the expected media that arrives: packets not lost, and for a camera also frames against the
 * budget's rate. (Bytes against the target bitrate would call a still picture poor.) ≥ 50 % good, ≥ 30 % fair, else poor.
 * `lastMediaAt` is when bytes last rose, in the time of the samples.
 */
export function qualityOf(
  before: LinkSample,
  now: LinkSample,
  expected: Expected,
  lastMediaAt: number,
): Quality {
  if (!expected.anything) return 'good'
  if (now.at - lastMediaAt >= LOST_AFTER_MS) return 'lost'
  const seconds = (now.at - before.at) / 1000
  if (seconds <= 0) return 'good'
  const received = now.packetsReceived - before.packetsReceived
  const lost = Math.max(0, now.packetsLost - before.packetsLost)
  // 10 % of packets lost is as bad as half of the picture missing.
  const intact = received + lost === 0 ? 1 : 1 - (5 * lost) / (received + lost)
  const frames = (now.framesDecoded - before.framesDecoded) / seconds
  const fluent = expected.framesPerSecond === null ? 1 : frames / expected.framesPerSecond
  const share = Math.min(intact, fluent)
  if (share >= 0.5) return 'good'
  return share >= 0.3 ? 'fair' : 'poor'
}
