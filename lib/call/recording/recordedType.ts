import type { RecordedCodec, RecordedType } from '#lib/protocol/recordings.ts'

/**
 * In order of preference. VP8 first: the cheapest to encode in software, and what every browser's recorder makes. A type
 * names the sound only where there is some: Firefox's recorder waits for it before it gives anything.
 */
const TYPES: Readonly<Record<RecordedTracks, readonly RecordedType[]>> = {
  film: ['video/webm;codecs=vp8,opus', 'video/webm;codecs=vp9,opus', 'video/webm;codecs=h264,opus'],
  picture: ['video/webm;codecs=vp8', 'video/webm;codecs=vp9', 'video/webm;codecs=h264'],
  sound: ['audio/webm;codecs=opus'],
}

/** `film`: picture and sound. */
type RecordedTracks = 'film' | 'picture' | 'sound'

/**
 * @param preferred where this browser can
 * @returns what this browser's MediaRecorder can make of it, or null
 */
export function chooseRecordedType(
  tracks: RecordedTracks,
  isSupported: (type: string) => boolean,
  preferred: RecordedCodec = 'vp8',
): RecordedType | null {
  const types = TYPES[tracks].filter((type) => isSupported(type))
  return types.find((type) => type.includes(`codecs=${preferred}`)) ?? types[0] ?? null
}
