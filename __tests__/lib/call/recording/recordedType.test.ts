import { chooseRecordedType } from '#lib/call/recording/recordedType.ts'

const only =
  (...codecs: string[]) =>
  (type: string) =>
    codecs.some((codec) => type.includes(codec))

test('[REC-135] what is preferred is taken where the browser can, and otherwise what it can', () => {
  expect(chooseRecordedType('film', () => true)).toBe('video/webm;codecs=vp8,opus')
  expect(chooseRecordedType('film', () => true, 'h264')).toBe('video/webm;codecs=h264,opus')
  expect(chooseRecordedType('picture', () => true, 'vp9')).toBe('video/webm;codecs=vp9')
  expect(chooseRecordedType('film', only('vp9', 'vp8'), 'h264')).toBe('video/webm;codecs=vp8,opus')
  expect(chooseRecordedType('film', only('vp9'), 'h264')).toBe('video/webm;codecs=vp9,opus')
  expect(chooseRecordedType('sound', () => true, 'h264')).toBe('audio/webm;codecs=opus')
  expect(chooseRecordedType('film', () => false, 'h264')).toBeNull()
})
