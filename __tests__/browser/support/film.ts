import { execFileSync, spawnSync } from 'node:child_process'
import { BY_TIMESTAMPS, beepsIn } from './beeps.ts'

/** Between a dark picture's mean brightness and a flash's, 0…1. */
const BRIGHT = 0.5
const APART_MS = 1_000

export type FilmTimes = {
  /** Of each picture, ms from the film's beginning. */
  readonly pictures: readonly number[]
  /** Where a flash begins (ms), and where a beep does. */
  readonly flashes: readonly number[]
  readonly beeps: readonly number[]
}

/** What ffmpeg sees and hears in a film of `flashAndBeep`. */
export function lookAtFilm(file: string): FilmTimes {
  const frames = brightness(file)
  return { pictures: frames.map(({ at }) => at), flashes: flashesIn(frames), beeps: beepsIn(file) }
}

/** Of each flash, how much later (ms) its beep is heard; without one within half a second it is left out. */
export function soundAfterPicture({ flashes, beeps }: FilmTimes): number[] {
  return flashes.flatMap((flash) => {
    const nearest = beeps.map((beep) => beep - flash).sort((a, b) => Math.abs(a) - Math.abs(b))[0]
    return nearest === undefined || Math.abs(nearest) > 500 ? [] : [nearest]
  })
}

/** Between two pictures of a steady camera, of 255; an encoder's noise is below one. */
const DIFFERENT = 3

/** When, in a film of a steady camera, a picture comes that is another than the one before, ms. */
export const changesIn = (file: string): number[] =>
  signalOf(file, 'YDIF')
    .filter(({ value }) => value > DIFFERENT)
    .map(({ at }) => at)

export type Cut = {
  /** As ffmpeg's `crop` takes it. */
  readonly crop: string
  /** Of the film, ms. */
  readonly from: number
  readonly to: number
}

/** How much a picture of this piece differs from the one before, of 255, on average: what only an encoder changes is next to nothing. */
export function movementIn(file: string, { crop, from, to }: Cut): number {
  const seconds = (ms: number) => (ms / 1000).toFixed(3)
  const cut = `crop=${crop},trim=start=${seconds(from)}:end=${seconds(to)},`
  // The first one differs from nothing.
  const values = signalOf(file, 'YDIF', cut)
    .slice(1)
    .map(({ value }) => value)
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

export type Silence = { readonly from: number; readonly to: number }

/** Where a film is silent for more than 20 ms, in ms. */
export function silencesIn(file: string): Silence[] {
  const filter = `${BY_TIMESTAMPS},silencedetect=n=-40dB:d=0.02`
  const args = ['-nostdin', '-hide_banner', '-i', file, '-vn', '-af', filter, '-f', 'null', '-']
  const { stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' })
  return [...stderr.matchAll(/silence_end: ([\d.]+) \| silence_duration: ([\d.]+)/g)].map(
    ([, end, seconds]) => ({ from: (Number(end) - Number(seconds)) * 1000, to: Number(end) * 1000 }),
  )
}

type Frame = { readonly at: number; readonly luma: number }

const brightness = (file: string): Frame[] =>
  signalOf(file, 'YAVG').map(({ at, value }) => ({ at, luma: value }))

/** One of the figures of ffmpeg's `signalstats`, picture by picture. */
function signalOf(file: string, key: 'YAVG' | 'YDIF', cut = ''): { at: number; value: number }[] {
  const filter = `${cut}scale=64:36,signalstats,metadata=mode=print:key=lavfi.signalstats.${key}:file=-`
  // A film's own times: rounded to those of 25 pictures a second, two of them are one and ffmpeg complains of each.
  const timing = ['-fps_mode', 'passthrough', '-enc_time_base', '-1']
  const said = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', file, '-an', '-vf', filter, ...timing, '-f', 'null', '-'],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  return [...said.matchAll(/pts_time:([\d.]+)\s+lavfi\.signalstats\.\w+=([\d.]+)/g)].map(([, at, value]) => ({
    at: Number(at) * 1000,
    value: Number(value),
  }))
}

function flashesIn(frames: readonly Frame[]): number[] {
  const lumas = frames.map(({ luma }) => luma).sort((a, b) => a - b)
  const dark = lumas[Math.floor(lumas.length / 2)] ?? 0
  const limit = dark + BRIGHT * ((lumas.at(-1) ?? 0) - dark)
  const flashes: number[] = []
  for (const { at, luma } of frames)
    if (luma > limit && at - (flashes.at(-1) ?? Number.NEGATIVE_INFINITY) > APART_MS) flashes.push(at)
  return flashes
}
