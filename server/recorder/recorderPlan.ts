import type { RecorderPlan } from '#lib/protocol/recorderPage.ts'
import { codecOfType, type RecordedCodec, type RecordedType } from '#lib/protocol/recordings.ts'
import type { RunningEnv } from '#server/env.ts'

/** px */
const SIZES = {
  '360p': { width: 640, height: 360 },
  '720p': { width: 1280, height: 720 },
  '1080p': { width: 1920, height: 1080 },
} as const satisfies Record<RunningEnv['RECORDER_PICTURE'], { width: number; height: number }>

/** VP8's encoder lets its threads wait for each other in loops: with fewer processors they take what others need. */
const ENOUGH_FOR_VP8 = 4

/**
 * What this machine's recorder makes of a meeting. A recording that goes on is encoded as it was so far, whatever this
 * recorder would choose: another codec could not stand in the same film.
 */
export const recorderPlan = (
  { RECORDER_PICTURE, RECORDER_CODEC }: Pick<RunningEnv, 'RECORDER_PICTURE' | 'RECORDER_CODEC'>,
  processors: number,
  recordedAs: RecordedType | null = null,
): RecorderPlan => ({
  ...SIZES[RECORDER_PICTURE],
  codec: (recordedAs && codecOfType(recordedAs)) ?? ownCodec(RECORDER_CODEC, processors),
})

const ownCodec = (wanted: RunningEnv['RECORDER_CODEC'], processors: number): RecordedCodec =>
  wanted !== 'auto' ? wanted : processors < ENOUGH_FOR_VP8 ? 'h264' : 'vp8'
