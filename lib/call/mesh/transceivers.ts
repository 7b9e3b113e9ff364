import { SOURCES, type Source } from '../ports.ts'

type StreamOf = ((source: Source) => MediaStream) | undefined

/** The four of every link, in fixed order (decision 7): one for each source, whether anything is sent yet or not. */
export function addTransceivers(
  connection: RTCPeerConnection,
  tracks: ReadonlyMap<Source, MediaStreamTrack>,
  streamOf: StreamOf,
): Map<Source, RTCRtpTransceiver> {
  const transceivers = new Map<Source, RTCRtpTransceiver>()
  for (const source of SOURCES) {
    const stream = streamOf?.(source)
    const transceiver = connection.addTransceiver(tracks.get(source) ?? kindOf(source), {
      direction: 'sendrecv',
      streams: stream === undefined ? [] : [stream],
    })
    transceivers.set(source, transceiver)
  }
  return transceivers
}

export const kindOf = (source: Source): 'audio' | 'video' =>
  source === 'microphone' || source === 'screenAudio' ? 'audio' : 'video'
