import {
  type AudioCodec,
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedVideoPacketSource,
  type MediaCodec,
  Mp4OutputFormat,
  Output,
  type OutputFormat,
  type Target,
  type VideoCodec,
  WebMOutputFormat,
} from 'mediabunny'
import { type MediaKind, silence, type Tracks } from './packets.ts'

export type Container = 'webm' | 'mp4'

/** A gap in the sound that is longer is filled with silence; what is shorter is how microphones and clocks are. */
const GAP_SECONDS = 0.2
/** An hour of silence is 30,000 packets: everybody else has their turn in between. */
const SILENT_PACKETS_PER_TURN = 32

type VideoConfig = VideoDecoderConfig
type AudioConfig = AudioDecoderConfig

/** What packets of one file have in common: only what agrees here can stand in one file, one behind the other. */
export type Streams = {
  readonly video: { readonly codec: VideoCodec; readonly config: VideoConfig } | null
  readonly audio: { readonly codec: AudioCodec; readonly config: AudioConfig } | null
}

export async function streamsOf({ video, audio }: Tracks): Promise<Streams> {
  const [videoCodec, videoConfig] = video
    ? [await video.getCodec(), await video.getDecoderConfig()]
    : [null, null]
  const [audioCodec, audioConfig] = audio
    ? [await audio.getCodec(), await audio.getDecoderConfig()]
    : [null, null]
  return {
    video: videoCodec && videoConfig ? { codec: videoCodec, config: videoConfig } : null,
    audio: audioCodec && audioConfig ? { codec: audioCodec, config: audioConfig } : null,
  }
}

const formatOf = (container: Container): OutputFormat =>
  container === 'mp4' ? new Mp4OutputFormat({ fastStart: false }) : new WebMOutputFormat()

/** What of them goes into a file of the sound alone, or into one of everything. */
export const streamsIn = (streams: Streams, audioOnly: boolean): Streams =>
  audioOnly ? { ...streams, video: null } : streams

/** Whether a container may hold these codecs: H.264 is none of a WebM's. */
export function holds(container: Container, { video, audio }: Streams): boolean {
  const held: readonly MediaCodec[] = formatOf(container).getSupportedCodecs()
  return [video, audio].every((stream) => stream === null || held.includes(stream.codec))
}

/** @returns the container that is wanted, or another of ours where that may not hold these codecs; null when none may */
export const containerFor = (streams: Streams, wanted: Container): Container | null =>
  ([wanted, 'webm', 'mp4'] as const).find((one) => holds(one, streams)) ?? null

/** Writes packets into a file that can be searched through. Memory holds its index alone. */
export class FileWriter {
  readonly #output: Output
  readonly #video: EncodedVideoPacketSource | null
  readonly #audio: EncodedAudioPacketSource | null
  readonly #streams: Streams
  readonly #turn: () => Promise<void>
  readonly #ends = { video: 0, audio: 0 }
  readonly #last = { video: -1, audio: -1 }
  #written = 0

  /** Above all packets' ends, in seconds. */
  get end(): number {
    return Math.max(this.#ends.video, this.#ends.audio)
  }

  get empty(): boolean {
    return this.#written === 0
  }

  private constructor(streams: Streams, container: Container, target: Target, turn: () => Promise<void>) {
    this.#streams = streams
    this.#turn = turn
    this.#output = new Output({ format: formatOf(container), target })
    this.#video = streams.video ? new EncodedVideoPacketSource(streams.video.codec) : null
    this.#audio = streams.audio ? new EncodedAudioPacketSource(streams.audio.codec) : null
    if (this.#video) this.#output.addVideoTrack(this.#video)
    if (this.#audio) this.#output.addAudioTrack(this.#audio)
  }

  /** @param turn gives everybody else theirs, while a gap is filled */
  static async open(
    streams: Streams,
    container: Container,
    target: Target,
    turn: () => Promise<void>,
  ): Promise<FileWriter> {
    const writer = new FileWriter(streams, container, target, turn)
    await writer.#output.start()
    return writer
  }

  /** Time goes forward in each track: what would go back is left out. */
  async add(kind: MediaKind, packet: EncodedPacket): Promise<void> {
    if (packet.timestamp < 0 || packet.timestamp <= this.#last[kind]) return
    if (kind === 'audio' && this.#audio) await this.#fillUntil(packet.timestamp)
    await this.#write(kind, packet)
  }

  async close(): Promise<void> {
    await this.#output.finalize()
  }

  async cancel(): Promise<void> {
    await this.#output.cancel().catch(() => undefined)
  }

  async #fillUntil(time: number): Promise<void> {
    const { audio } = this.#streams
    if (audio?.codec !== 'opus' || time - this.#ends.audio < GAP_SECONDS) return
    let packets = 0
    for (const packet of silence(this.#ends.audio, time, audio.config.numberOfChannels)) {
      await this.#write('audio', packet)
      packets += 1
      if (packets % SILENT_PACKETS_PER_TURN === 0) await this.#turn()
    }
  }

  async #write(kind: MediaKind, packet: EncodedPacket): Promise<void> {
    const config = this.#streams[kind]?.config
    const meta = config ? { decoderConfig: config } : undefined
    if (kind === 'video') await this.#video?.add(packet, meta as EncodedVideoChunkMetadata)
    else await this.#audio?.add(packet, meta as EncodedAudioChunkMetadata)
    this.#last[kind] = packet.timestamp
    this.#ends[kind] = Math.max(this.#ends[kind], packet.timestamp + packet.duration)
    this.#written += 1
  }
}
