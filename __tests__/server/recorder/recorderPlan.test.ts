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
