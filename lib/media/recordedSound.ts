import { EncodedPacketSink } from 'mediabunny'
import type { Tracks } from './packets.ts'

/** RFC 6716 §3.1, table 2: how long a frame of each configuration is, ms. */
const FRAME_MS = [
  ...[10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60],
  ...[10, 20, 10, 20],
  ...[2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20],
]

/** How long an Opus packet sounds, ms (RFC 6716 §3.1 and §3.2). */
export function opusDurationMs(packet: Uint8Array): number {
  const [toc = 0, counted = 0] = packet
  const code = toc & 3
  return (FRAME_MS[toc >> 3] ?? 0) * (code === 3 ? counted & 0x3f : code === 0 ? 1 : 2)
}

/** So long are the packets of Chromium's recorder, and of no other browser's. */
const CHROMIUM_PACKET_MS = 60
/** Sound comes to it in blocks of that length. */
const BLOCK_MS = 10
/** What its encoder looks ahead, which its files do not tell (the pre-skip of RFC 7845 §5.1 is 0 in them). */
const LOOKAHEAD_MS = 6.5
/** A picture that is drawn is late itself: by half the time from one to the next, and by the drawing. */
const DRAWN_LATE_MS = 22

/**
 * How much later, in seconds, the sound of a film's part stands than its picture, by the way in which it was recorded.
 * Chromium gives a packet of sound the time of its last block instead of its first one's (audio_track_opus_encoder.cc).
 */
export async function soundIsLate({ video, audio }: Tracks): Promise<number> {
  // Alone it begins at 0, whatever its times were.
  if (video === null || audio === null || (await audio.getCodec()) !== 'opus') return 0
  const first = await new EncodedPacketSink(audio).getFirstPacket()
  if (first === null || opusDurationMs(first.data) !== CHROMIUM_PACKET_MS) return 0
  return (CHROMIUM_PACKET_MS - BLOCK_MS + LOOKAHEAD_MS - DRAWN_LATE_MS) / 1000
}
