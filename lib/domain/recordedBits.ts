const REFERENCE = { pixels: 1280 * 720, video: 2_500_000 }
const AUDIO = 128_000

/** Of a person's own camera, as it is and not as the network lets it through, and of their microphone. */
export const OWN_BITS = { camera: 6_000_000, microphone: 192_000 } as const

/**
 * Bits per second for a film of this size (px). At 1280×720 a wall of faces stays sharp and an hour takes 1.2 GB; larger
 * pictures need fewer bits for each pixel.
 */
export function recordedBits(
  width: number,
  height: number,
): { readonly video: number; readonly audio: number } {
  const video = REFERENCE.video * ((width * height) / REFERENCE.pixels) ** 0.75
  return { video: Math.round(video), audio: AUDIO }
}
