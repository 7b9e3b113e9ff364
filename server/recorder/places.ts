/** Decoding what a meeting sends, drawing it and encoding it again, of one processor (docs/RECORDING.md). */
const CORES_PER_RECORDING = 1.5

/** How many recordings this machine carries at the same time; what configuration says wins. */
export const placesOf = (cores: number, configured: number | undefined): number =>
  configured ?? Math.max(1, Math.floor(cores / CORES_PER_RECORDING))
