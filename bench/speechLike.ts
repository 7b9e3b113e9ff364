import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const RATE = 48_000
const SECONDS = 10
const SWEEP_SECONDS = 0.25

/**
 * A sound without a pause, for Chromium's fake microphone (`--use-file-for-fake-audio-capture`): sweeps with overtones, as
 * a steady tone would be taken for noise and removed.
 *
 * @returns the WAV file (48 kHz, one channel, 16 bit), which Chromium plays over and over
 */
export function writeSpeechLikeSound(): string {
  const samples = new Int16Array(RATE * SECONDS)
  let phase = 0
  for (let at = 0; at < samples.length; at += 1) {
    const through = ((at / RATE) % SWEEP_SECONDS) / SWEEP_SECONDS
    phase += (2 * Math.PI * (180 + 500 * through)) / RATE
    const wave = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.3 * Math.sin(5 * phase)
    samples[at] = Math.round(wave * 0.25 * 32_767)
  }
  const file = join(mkdtempSync(join(tmpdir(), 'parley-sound-')), 'sound.wav')
  writeFileSync(file, Buffer.concat([header(samples.byteLength), Buffer.from(samples.buffer)]))
  return file
}

/** RIFF WAVE, PCM. */
function header(bytes: number): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + bytes, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(RATE, 24)
  head.writeUInt32LE(RATE * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(bytes, 40)
  return head
}
