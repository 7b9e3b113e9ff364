import { recordedBits } from '#lib/domain/recordedBits.ts'

test('[REC-77] a film gets bits by its size: as many as ever at 1280×720, fewer for each pixel of a larger one', () => {
  expect(recordedBits(1280, 720)).toEqual({ video: 2_500_000, audio: 128_000 })
  expect(recordedBits(640, 360).video).toBe(883_883)
  const perPixel = (width: number, height: number) => recordedBits(width, height).video / (width * height)
  expect(perPixel(1920, 1080)).toBeLessThan(perPixel(1280, 720))
})
