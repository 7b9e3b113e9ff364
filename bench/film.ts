import { execFileSync } from 'node:child_process'
import { beepsIn } from '../__tests__/browser/support/beeps.ts'

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

/** What ffmpeg sees and hears in a film of bench/flashAndBeep.page.js. */
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

type Frame = { readonly at: number; readonly luma: number }

function brightness(file: string): Frame[] {
  const filter = 'scale=64:36,signalstats,metadata=mode=print:key=lavfi.signalstats.YAVG:file=-'
  const said = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', file, '-an', '-vf', filter, '-fps_mode', 'passthrough', '-f', 'null', '-'],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  return [...said.matchAll(/pts_time:([\d.]+)\s+lavfi\.signalstats\.YAVG=([\d.]+)/g)].map(([, at, luma]) => ({
    at: Number(at) * 1000,
    luma: Number(luma),
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
