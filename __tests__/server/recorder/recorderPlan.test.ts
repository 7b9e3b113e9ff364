import type { RecordedType } from '#lib/protocol/recordings.ts'
import { recorderPlan } from '#server/recorder/recorderPlan.ts'

const plan = (codec: 'auto' | 'vp8' | 'vp9' | 'h264', processors: number) =>
  recorderPlan({ RECORDER_PICTURE: '720p', RECORDER_CODEC: codec }, processors).codec

test('[REC-77] the film’s size is the one that is named', () => {
  expect(recorderPlan({ RECORDER_PICTURE: '360p', RECORDER_CODEC: 'vp8' }, 8)).toEqual({
    width: 640,
    height: 360,
    codec: 'vp8',
  })
})

test('[REC-166] a recording that goes on is encoded as it was, whatever this recorder would choose', () => {
  const takingOver = (codec: 'auto' | 'vp8', type: RecordedType | null) =>
    recorderPlan({ RECORDER_PICTURE: '720p', RECORDER_CODEC: codec }, 2, type).codec
  expect(takingOver('auto', 'video/webm;codecs=vp8,opus')).toBe('vp8')
  expect(takingOver('vp8', 'video/webm;codecs=h264,opus')).toBe('h264')
  expect(takingOver('vp8', 'video/webm;codecs=vp9,opus')).toBe('vp9')
  // Of sound alone nothing follows for pictures.
  expect(takingOver('auto', 'audio/webm;codecs=opus')).toBe('h264')
  expect(takingOver('auto', null)).toBe('h264')
})

test('[REC-135] its codec is the one that is named; unnamed, H.264 where there are few processors', () => {
  expect(plan('vp9', 1)).toBe('vp9')
  expect(plan('h264', 64)).toBe('h264')
  expect([1, 2, 3, 4, 16].map((processors) => plan('auto', processors))).toEqual([
    'h264',
    'h264',
    'h264',
    'vp8',
    'vp8',
  ])
})
