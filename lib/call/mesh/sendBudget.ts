import type { Source } from '../ports.ts'

/** The most that one encoder may make of a source. Each peer costs one encoder and one uplink's worth of bits. */
export type EncodingLimit = {
  readonly maxBitrateBps: number
  /** Length of the picture's shorter side in px, and frames per second; null for sound. */
  readonly shortSidePx: number | null
  readonly framesPerSecond: number | null
}

export type Budget = Readonly<Record<Source, EncodingLimit>>

type Rung = { readonly peers: number; readonly camera: EncodingLimit; readonly screen: EncodingLimit }

const picture = (shortSidePx: number, framesPerSecond: number, kbps: number): EncodingLimit => ({
  shortSidePx,
  framesPerSecond,
  maxBitrateBps: kbps * 1000,
})

/**
 * Up to `peers` receivers. Encoding larger than the tiles of a room of that size costs every sender CPU (one encoder per
 * connection) and uplink, and gains nobody anything; 20 frames a second is the least that looks alive.
 */
const RUNGS: readonly Rung[] = [
  { peers: 1, camera: picture(720, 30, 1700), screen: picture(1080, 15, 2500) },
  { peers: 2, camera: picture(360, 24, 700), screen: picture(1080, 12, 2000) },
  { peers: 3, camera: picture(360, 20, 500), screen: picture(1080, 10, 1500) },
  { peers: 5, camera: picture(270, 20, 350), screen: picture(1080, 8, 1200) },
  { peers: Number.POSITIVE_INFINITY, camera: picture(180, 15, 200), screen: picture(720, 5, 800) },
]

/** While somebody shares, cameras are small tiles in a strip. */
const STRIP_CAMERA = picture(180, 20, 200)

const VOICE: EncodingLimit = { maxBitrateBps: 40_000, shortSidePx: null, framesPerSecond: null }
const PROGRAMME: EncodingLimit = { maxBitrateBps: 96_000, shortSidePx: null, framesPerSecond: null }

/** Of each camera, where it gives as many. */
const FILMED_PER_SECOND = 25

/** What to send to each peer when `peers` others receive, and `sharing` says that anybody shares a screen. */
export function sendBudget(peers: number, sharing: boolean): Budget {
  const rung = RUNGS.find((candidate) => peers <= candidate.peers) ?? RUNGS[0]
  const camera = rung?.camera ?? STRIP_CAMERA
  const smallCamera = (camera.shortSidePx ?? 0) <= (STRIP_CAMERA.shortSidePx ?? 0) ? camera : STRIP_CAMERA
  return {
    microphone: VOICE,
    screenAudio: PROGRAMME,
    camera: sharing ? smallCamera : camera,
    screen: rung?.screen ?? picture(720, 5, 800),
  }
}

/**
 * The same for a recorder, which gets more pictures of a camera than people do: in the seconds in which everybody's come at
 * the same moments, a film has no more of them than it gets of one.
 */
export function filmedBudget(budget: Budget): Budget {
  const { camera } = budget
  const framesPerSecond = Math.max(camera.framesPerSecond ?? 0, FILMED_PER_SECOND)
  return { ...budget, camera: { ...camera, framesPerSecond } }
}

/** RTCRtpEncodingParameters.scaleResolutionDownBy for a picture of this size; never below 1. */
export function scaleDownBy(
  limit: EncodingLimit,
  width: number | undefined,
  height: number | undefined,
): number {
  if (limit.shortSidePx === null || width === undefined || height === undefined) return 1
  return Math.max(1, Math.min(width, height) / limit.shortSidePx)
}
