import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const LOOP_SECONDS = 10

export const hasFfmpeg = (): boolean => spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0

/**
 * A film with picture and sound, as a recording is: WebM, VP8 and Opus, with its length and its index. Ten seconds are
 * encoded, and copied until it is long enough.
 */
export function makeFilm(seconds: number): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'parley-film-'))
  const [loop, film] = [join(folder, 'loop.webm'), join(folder, 'film.webm')]
  const quiet = ['-nostdin', '-v', 'error', '-y']
  try {
    execFileSync('ffmpeg', [
      ...[...quiet, '-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=25'],
      ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-t', String(LOOP_SECONDS)],
      ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '3M', '-g', '25'],
      ...['-c:a', 'libopus', loop],
    ])
    const again = String(Math.ceil(seconds / LOOP_SECONDS) - 1)
    execFileSync('ffmpeg', [...quiet, '-stream_loop', again, '-i', loop, '-c', 'copy', film])
    return readFileSync(film)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
