import { type RecordedType, recordedType } from '#lib/protocol/recordings.ts'

/** In order of preference. VP8 first: the cheapest to encode in software, and what every browser's recorder makes. */
const VIDEO: readonly RecordedType[] = [
  'video/webm;codecs=vp8,opus',
  'video/webm;codecs=vp9,opus',
  'video/webm;codecs=h264,opus',
]

/**
 * @param given what was asked for by configuration, used when this browser can
 * @returns what this browser's MediaRecorder can make of it, or null
 */
export function chooseRecordedType(
  kind: 'video' | 'audio',
  isSupported: (type: string) => boolean,
  given: string | null = null,
): RecordedType | null {
  const wanted = recordedType.safeParse(given)
  const types: readonly RecordedType[] = kind === 'video' ? VIDEO : ['audio/webm;codecs=opus']
  const ordered = wanted.success && types.includes(wanted.data) ? [wanted.data, ...types] : types
  return ordered.find((type) => isSupported(type)) ?? null
}
