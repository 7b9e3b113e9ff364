import { SOURCES, type Source } from '../ports.ts'

export type TransceiverOptions = {
  readonly tracks: ReadonlyMap<Source, MediaStreamTrack>
  /** Groups sources for lip sync (the msid of RFC 8830); the receiver plays a group in step. */
  readonly streamOf?: ((source: Source) => MediaStream) | undefined
}

/** One for each source in their fixed order, which is how the other side tells them apart (decision 7). */
export function addTransceivers(
  connection: RTCPeerConnection,
  { tracks, streamOf }: TransceiverOptions,
): ReadonlyMap<Source, RTCRtpTransceiver> {
  return new Map(
    SOURCES.map((source) => {
      const stream = streamOf?.(source)
      const transceiver = connection.addTransceiver(tracks.get(source) ?? kindOf(source), {
        direction: 'sendrecv',
        streams: stream === undefined ? [] : [stream],
      })
      return [source, transceiver]
    }),
  )
}

export const kindOf = (source: Source): 'audio' | 'video' =>
  source === 'microphone' || source === 'screenAudio' ? 'audio' : 'video'
