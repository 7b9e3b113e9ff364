import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** ffmpeg makes and judges media in tests; Parley itself needs none. */
export function hasFfmpeg(): boolean {
  const found = ['ffmpeg', 'ffprobe'].every(
    (name) => spawnSync(name, ['-version'], { stdio: 'ignore' }).status === 0,
  )
  if (!found && process.env.CI === 'true') throw new Error('ffmpeg is missing: apt-get install ffmpeg')
  return found
}

type Wanted = {
  readonly seconds: number
  readonly video?: string | null
  readonly audio?: boolean
  readonly size?: string
}

/** A live WebM as a MediaRecorder makes it: no duration, no index, clusters of unknown length. */
export async function makeWebm({
  seconds,
  video = 'libvpx',
  audio = true,
  size = '320x180',
}: Wanted): Promise<Buffer> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-webm-'))
  const file = path.join(folder, 'a.webm')
  const inputs = [
    ...(video ? ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25`] : []),
    ...(audio ? ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'] : []),
  ]
  const codecs = [
    ...(video ? ['-c:v', video, ...speedOf(video), '-b:v', '300k', '-g', '50'] : []),
    ...(audio ? ['-c:a', 'libopus', '-b:a', '32k'] : []),
  ]
  try {
    const output = ['-t', String(seconds), ...codecs, '-f', formatOf(video), '-live', '1', '-y', file]
    await run('ffmpeg', ['-loglevel', 'error', ...inputs, ...output])
    return withoutClusterLengths(readFileSync(file))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** H.264 is none of a WebM's codecs, but browsers write it like that, as Matroska. */
const formatOf = (video: string | null): string => (video === 'libx264' ? 'matroska' : 'webm')
const speedOf = (video: string): string[] =>
  video === 'libx264'
    ? ['-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p']
    : ['-deadline', 'realtime', '-cpu-used', '8']

const CLUSTER = Buffer.from([0x1f, 0x43, 0xb6, 0x75])
/** RFC 8794 §6.2, as Chromium writes it. */
const UNKNOWN_LENGTH = Buffer.from([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])

/** ffmpeg says how long a cluster is, also live. A MediaRecorder cannot know: its last one is cut off by its death. */
function withoutClusterLengths(webm: Buffer): Buffer {
  const pieces: Buffer[] = []
  let done = 0
  for (let at = webm.indexOf(CLUSTER); at >= 0; at = webm.indexOf(CLUSTER, at + 1)) {
    const length = at + CLUSTER.length
    pieces.push(webm.subarray(done, length), UNKNOWN_LENGTH)
    // Its first bit that is set says of how many bytes the length is.
    done = length + Math.clz32(webm[length] ?? 0) - 23
  }
  return Buffer.concat([...pieces, webm.subarray(done)])
}

/** In as many pieces, anywhere. */
export function inPieces(bytes: Buffer, count: number): Buffer[] {
  const size = Math.ceil(bytes.length / count)
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
}

/** In as many pieces, each of which ends with a block, as a MediaRecorder gives them: a part that ends early ends there. */
export function inChunks(webm: Buffer, count: number): Buffer<ArrayBuffer>[] {
  const ends = blockEnds(webm)
  const cuts = Array.from({ length: count - 1 }, (_, index) =>
    ends.find((end) => end >= ((index + 1) * webm.length) / count),
  )
  return [0, ...cuts].map((cut, index) => Buffer.from(webm.subarray(cut, cuts[index])))
}

const BLOCK = 0xa3
const TIMESTAMP = 0xe7

/** Where each SimpleBlock of a live WebM ends (RFC 8794 §6: an element is its id, its length, and as many bytes). */
function blockEnds(webm: Buffer): number[] {
  const ends: number[] = []
  for (let cluster = webm.indexOf(CLUSTER); cluster >= 0; cluster = webm.indexOf(CLUSTER, cluster + 1)) {
    let at = cluster + CLUSTER.length + UNKNOWN_LENGTH.length
    for (let id = webm[at]; id === BLOCK || id === TIMESTAMP; id = webm[at]) {
      const width = Math.clz32(webm[at + 1] ?? 0) - 23
      at += 1 + width + webm.readUIntBE(at + 1, width) - 2 ** (7 * width)
      if (id === BLOCK) ends.push(at)
    }
  }
  return ends
}

export type Judged = {
  readonly seconds: number
  /** Codec, and how many packets could be decoded, by kind. */
  readonly video: { readonly codec: string; readonly frames: number } | null
  readonly audio: { readonly codec: string; readonly frames: number } | null
  /** What the decoder complained of. */
  readonly errors: string
}

/** What ffprobe and ffmpeg say of a file: an independent judge. */
export async function judge(file: string): Promise<Judged> {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-count_frames', '-of', 'json'],
    ...['-show_entries', 'format=duration:stream=codec_type,codec_name,nb_read_frames'],
    file,
  ])
  // In the file's own time: counted in pictures of 1/25 s, two that are a few milliseconds apart, as where one recorder
  // follows another, would be one twice.
  const asItIs = ['-fps_mode', 'passthrough', '-enc_time_base', '-1']
  const { stderr } = await run('ffmpeg', ['-v', 'error', '-i', file, ...asItIs, '-f', 'null', '-'])
  const { format, streams } = JSON.parse(stdout) as {
    format: { duration: string }
    streams: { codec_type: string; codec_name: string; nb_read_frames: string }[]
  }
  const of = (type: string) => {
    const stream = streams.find((one) => one.codec_type === type)
    return stream ? { codec: stream.codec_name, frames: Number(stream.nb_read_frames) } : null
  }
  return { seconds: Number(format.duration), video: of('video'), audio: of('audio'), errors: stderr.trim() }
}

/** Whether a player finds its way to `seconds` without reading all before: a frame from there, and where it is. */
export async function seek(file: string, seconds: number): Promise<number> {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-read_intervals', `${seconds}%+#1`, '-select_streams', 'v', '-of', 'csv=p=0'],
    ...['-show_entries', 'packet=pts_time', file],
  ])
  return Number(stdout.split(/[,\n]/)[0])
}
