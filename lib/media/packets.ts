import {
  EncodedPacket,
  EncodedPacketSink,
  type Input,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny'

export type MediaKind = 'video' | 'audio'
export type Timed = { readonly kind: MediaKind; readonly packet: EncodedPacket }

export type Tracks = { readonly video: InputVideoTrack | null; readonly audio: InputAudioTrack | null }

/** What of an input can be copied. Null when there is nothing in it: cut within its header, or no media of ours. */
export async function tracksOf(input: Input): Promise<Tracks | null> {
  if (!(await input.canRead())) return null
  const [video, audio] = await Promise.all([input.getPrimaryVideoTrack(), input.getPrimaryAudioTrack()])
  const known = {
    video: video && (await video.getDecoderConfig()) ? video : null,
    audio: audio && (await audio.getDecoderConfig()) ? audio : null,
  }
  return known.video || known.audio ? known : null
}

/** Packets of both tracks in the order of their time, each track in its own. `from` and `until` in seconds. */
export async function* packetsInOrder(
  tracks: Tracks,
  from = 0,
  until = Number.POSITIVE_INFINITY,
): AsyncGenerator<Timed> {
  const streams = await Promise.all([
    tracks.video ? stream('video', new EncodedPacketSink(tracks.video), from) : null,
    tracks.audio ? stream('audio', new EncodedPacketSink(tracks.audio), from) : null,
  ])
  const waiting = streams.filter((one) => one !== null)
  while (waiting.length > 0) {
    const next = waiting.reduce((first, other) =>
      other.head.packet.timestamp < first.head.packet.timestamp ? other : first,
    )
    if (next.head.packet.timestamp < until) {
      yield next.head
      if (await next.advance()) continue
    }
    waiting.splice(waiting.indexOf(next), 1)
  }
}

async function stream(kind: MediaKind, sink: EncodedPacketSink, from: number) {
  // Video begins with the key frame before, without which nothing can be shown.
  const start = from > 0 ? await (kind === 'video' ? sink.getKeyPacket(from) : sink.getPacket(from)) : null
  const packets = start ? sink.packets(start) : sink.packets()
  const first = await packets.next()
  if (first.done) return null
  const own = {
    head: { kind, packet: first.value } satisfies Timed,
    async advance(): Promise<boolean> {
      const next = await packets.next()
      if (next.done) return false
      own.head = { kind, packet: next.value }
      return true
    },
  }
  return own
}

/** RFC 6716 §3.2.5: no packet is longer. */
const MOST_FRAMES = 6
const FRAME_SECONDS = 0.02
/** Between sound and silence: times are kept in whole milliseconds, and neither may reach into the other. */
const MARGIN_SECONDS = 0.003
/** RFC 6716 §3.1: configuration 31, a CELT frame of 20 ms, full band; stereo is a bit of it. */
const FULL_BAND = 31 << 3
const STEREO = 1 << 2
/** Such a frame that decodes to silence. */
const SILENT_FRAME = [0xff, 0xfe]
/** As many frames of the same length as the next byte says. */
const COUNTED = 3

/** RFC 6716 §3.2: a packet of as many silent frames. */
const silentPacket = (frames: number, channels: number): Uint8Array =>
  new Uint8Array([
    FULL_BAND | (channels === 1 ? 0 : STEREO) | COUNTED,
    frames,
    ...Array.from({ length: frames }, () => SILENT_FRAME).flat(),
  ])

/** Opus silence from `start` to `end`: a gap that players take for a gap, not for sound that comes too early. */
export function* silence(start: number, end: number, channels: number): Generator<EncodedPacket> {
  const first = start === 0 ? 0 : start + MARGIN_SECONDS
  const frames = Math.floor((end - first - MARGIN_SECONDS) / FRAME_SECONDS)
  const long = silentPacket(MOST_FRAMES, channels)
  for (let frame = 0; frame < frames; frame += MOST_FRAMES) {
    const count = Math.min(MOST_FRAMES, frames - frame)
    const data = count === MOST_FRAMES ? long : silentPacket(count, channels)
    yield new EncodedPacket(data, 'key', first + frame * FRAME_SECONDS, count * FRAME_SECONDS)
  }
}
