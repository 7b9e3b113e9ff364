import { opusDurationMs } from '#lib/media/recordedSound.ts'

describe('[REC-136] how long an Opus packet sounds (RFC 6716 §3.1)', () => {
  test.each([
    ['one frame of 20 ms, CELT, as Firefox makes them', [0xfc], 20],
    ['three frames of 20 ms, CELT, as Chromium makes them', [0xff, 0x03], 60],
    ['the same with padding and of various lengths', [0xff, 0xc3], 60],
    ['one frame of 60 ms, SILK', [0x18], 60],
    ['two frames of 10 ms, hybrid', [0x61], 20],
    ['two of 2.5 ms of various lengths', [0xe2], 5],
    ['nothing', [], 10],
  ])('%s', (_, bytes, ms) => {
    expect(opusDurationMs(Uint8Array.from(bytes))).toBe(ms)
  })
})
