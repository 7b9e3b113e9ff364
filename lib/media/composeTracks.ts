import {
  AudioBufferSource,
  CanvasSource,
  getFirstEncodableAudioCodec,
  getFirstEncodableVideoCodec,
  Output,
  QUALITY_HIGH,
  StreamTarget,
  WebMOutputFormat,
} from 'mediabunny'
import type { WrittenFile } from './joinBlobs.ts'
import { MixedSound } from './MixedSound.ts'
import { type TrackPicture, TrackPictures } from './TrackPictures.ts'

const PICTURES_PER_SECOND = 25

/** Somebody's own tracks: where their files are, each of which begins at the same moment. */
export type ComposedPerson = {
  readonly key: string
  readonly cameras: readonly string[]
  readonly microphones: readonly string[]
}

export type ComposeOptions = {
  readonly people: readonly ComposedPerson[]
  readonly canvas: HTMLCanvasElement
  /** Draws one picture of the film on the canvas, of what there is of each person then. */
  readonly draw: (pictures: ReadonlyMap<string, TrackPicture | null>) => void
  /** Closed when all of it is written, and given up when that fails. */
  readonly file: WrittenFile
  /** 0…1, once for each second of the film. */
  readonly onProgress: (share: number) => void
  readonly signal: AbortSignal
}

/** `unsupported`: this browser cannot decode or encode (WebCodecs). `empty`: nothing is in the tracks. */
class ComposeError extends Error {
  override readonly name = 'ComposeError'
  readonly code: 'unsupported' | 'empty'

  constructor(code: 'unsupported' | 'empty') {
    super(code === 'unsupported' ? 'this browser cannot encode a film' : 'the tracks are empty')
    this.code = code
  }
}

/**
 * Makes one film of people's own tracks, in a browser: their pictures drawn by `draw`, their sound mixed. It is decoded
 * and encoded as it is read, so that memory holds a second of it, whatever its length.
 *
 * @throws ComposeError, an AbortError when the signal says so, and whatever reading or writing rejects with
 */
export async function composeTracks(options: ComposeOptions): Promise<void> {
  const { file, people } = options
  const pictures = new Map(people.map(({ key, cameras }) => [key, new TrackPictures(cameras)]))
  const sound = new MixedSound(people.flatMap(({ microphones }) => microphones))
  try {
    await compose(options, pictures, sound)
    await file.close()
  } catch (error) {
    await file.abort(error).catch(() => undefined)
    throw error
  } finally {
    sound.close()
    for (const one of pictures.values()) one.close()
  }
}

async function compose(
  { canvas, draw, file, onProgress, signal }: ComposeOptions,
  people: ReadonlyMap<string, TrackPictures>,
  sound: MixedSound,
): Promise<void> {
  const { width, height } = canvas
  const [videoCodec, audioCodec] = await Promise.all([
    getFirstEncodableVideoCodec(['vp9', 'vp8'], { width, height }),
    getFirstEncodableAudioCodec(['opus'], { numberOfChannels: 2, sampleRate: sound.sampleRate }),
  ])
  if (videoCodec === null || audioCodec === null) throw new ComposeError('unsupported')
  const lengths = await Promise.all([sound, ...people.values()].map((one) => one.open()))
  const seconds = Math.max(0, ...lengths)
  if (seconds === 0) throw new ComposeError('empty')

  const video = new CanvasSource(canvas, { codec: videoCodec, quality: QUALITY_HIGH })
  const audio = new AudioBufferSource({ codec: audioCodec, quality: QUALITY_HIGH })
  // Closing is the caller's: a file that was given up must not look like a whole one.
  const target = new StreamTarget(new WritableStream({ write: (chunk) => file.write(chunk) }), {
    chunked: true,
  })
  const output = new Output({ format: new WebMOutputFormat(), target })
  output.addVideoTrack(video, { frameRate: PICTURES_PER_SECOND })
  output.addAudioTrack(audio)
  await output.start()
  try {
    for (let index = 0; index / PICTURES_PER_SECOND < seconds; index += 1) {
      signal.throwIfAborted()
      const at = index / PICTURES_PER_SECOND
      if (index % PICTURES_PER_SECOND === 0) {
        await audio.add(await sound.between(at, Math.min(at + 1, seconds)))
        onProgress(at / seconds)
      }
      draw(await picturesAt(people, at))
      await video.add(at, 1 / PICTURES_PER_SECOND)
    }
    await output.finalize()
  } catch (error) {
    await output.cancel().catch(() => undefined)
    throw error
  }
}

async function picturesAt(
  people: ReadonlyMap<string, TrackPictures>,
  at: number,
): Promise<ReadonlyMap<string, TrackPicture | null>> {
  const found = [...people].map(async ([key, pictures]) => [key, await pictures.at(at)] as const)
  return new Map(await Promise.all(found))
}
