import { execFileSync } from 'node:child_process'
import type { Page } from 'puppeteer-core'

export const BEEP_EVERY_MS = 2_000

/**
 * From its next navigation on this page's microphone beeps at every even second of the machine's clock, as those of all
 * other pages that were told so: what they record can be compared.
 */
export async function beepByTheClock(page: Page): Promise<void> {
  await page.evaluateOnNewDocument((everyMs) => {
    const devices = navigator.mediaDevices
    const open = devices.getUserMedia.bind(devices)
    const beeper = (): MediaStreamTrack[] => {
      const context = new AudioContext()
      const out = context.createMediaStreamDestination()
      // A graph in which nothing plays makes no samples at all, where a microphone makes silent ones.
      const silence = new ConstantSourceNode(context, { offset: 0 })
      silence.connect(out)
      silence.start()
      const beep = (): void => {
        const now = performance.timeOrigin + performance.now()
        const waitMs = everyMs - (now % everyMs)
        const at = context.currentTime + waitMs / 1000
        const tone = new OscillatorNode(context, { frequency: 1000 })
        tone.connect(new GainNode(context, { gain: 0.4 })).connect(out)
        tone.start(at)
        tone.stop(at + 0.1)
        setTimeout(beep, waitMs + everyMs / 2)
      }
      void context.resume().then(beep)
      return out.stream.getAudioTracks()
    }
    devices.getUserMedia = async (wanted) => {
      const stream = await open(wanted)
      if (stream.getAudioTracks().length === 0) return stream
      for (const track of stream.getAudioTracks()) {
        track.stop()
        stream.removeTrack(track)
      }
      for (const track of beeper()) stream.addTrack(track)
      return stream
    }
  }, BEEP_EVERY_MS)
}

const RATE = 8_000
/** Silence where packets are missing: what counts is when a player plays it. */
export const BY_TIMESTAMPS = 'aresample=async=1:min_hard_comp=0.01:first_pts=0'
const LOUD = 0.08
const SILENCE_MS = 500

/** Where in a file, in ms, a beep begins: what is loud after half a second that was not. */
export function beepsIn(file: string): number[] {
  const raw = execFileSync(
    'ffmpeg',
    [
      '-v',
      'error',
      '-i',
      file,
      '-vn',
      '-af',
      BY_TIMESTAMPS,
      '-ac',
      '1',
      '-ar',
      String(RATE),
      '-f',
      'f32le',
      '-',
    ],
    { maxBuffer: 1 << 28 },
  )
  const beeps: number[] = []
  let loudAt = Number.NEGATIVE_INFINITY
  for (let index = 0; index * 4 + 4 <= raw.length; index += 1) {
    if (Math.abs(raw.readFloatLE(index * 4)) < LOUD) continue
    const at = (index * 1000) / RATE
    if (at - loudAt > SILENCE_MS) beeps.push(at)
    loudAt = at
  }
  return beeps
}

/** Of each beep of one file, how much later in ms the nearest one of the other comes; those without one are left out. */
export const offsets = (one: readonly number[], other: readonly number[]): number[] =>
  one.flatMap((at) => {
    const nearest = other.map((its) => its - at).sort((a, b) => Math.abs(a) - Math.abs(b))[0]
    return nearest === undefined || Math.abs(nearest) > BEEP_EVERY_MS / 2 ? [] : [Math.round(nearest)]
  })

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
