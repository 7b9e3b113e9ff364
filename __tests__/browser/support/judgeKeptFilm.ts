import { readFileSync } from 'node:fs'
import { differentPictures, loudestDecibels, probe } from './recordings.ts'

const AUDIBLE_DB = -60
/** Matroska's index of places to go to (RFC 9559 §5.1.5). */
const CUES = Buffer.from([0x1c, 0x53, 0xbb, 0x6b])

type Probed = {
  format: { duration?: string }
  streams: { codec_type: string; width?: number; height?: number }[]
}

/** Of a host’s own device: a film of at least so many seconds, with sound, in which a player finds its way. */
export function judgeKeptFilm(film: string, leastSeconds: number): void {
  const { format, streams } = probe(
    film,
    '-show_entries',
    'format=duration:stream=codec_type,width,height',
  ) as Probed
  const seconds = Number(format.duration)
  expect(seconds).toBeGreaterThan(leastSeconds)
  expect(streams.map(({ codec_type }) => codec_type).sort()).toEqual(['audio', 'video'])
  expect(streams).toContainEqual(expect.objectContaining({ codec_type: 'video', width: 1280, height: 720 }))
  expect(loudestDecibels(film)).toBeGreaterThan(AUDIBLE_DB)
  expect(differentPictures(film)).toBeGreaterThan(10)
  expect(readFileSync(film).includes(CUES)).toBe(true)
  // From the middle on: the first picture there is a key frame near it, and not the film's beginning.
  const middle = seconds / 2
  const { packets } = probe(
    film,
    ...['-select_streams', 'v', '-read_intervals', `${middle}%+#1`, '-show_entries', 'packet=pts_time,flags'],
  ) as { packets: { pts_time: string; flags: string }[] }
  expect(packets[0]?.flags).toMatch(/^K/)
  expect(Math.abs(Number(packets[0]?.pts_time) - middle)).toBeLessThan(4)
}
