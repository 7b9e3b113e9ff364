import { withStartBitrate } from '#lib/call/mesh/startBitrate.ts'

const SECTIONS = [
  'v=0\r\ns=-\r\n',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98\r\n',
  'a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n',
  'a=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=0\r\n',
]
const SDP = SECTIONS.join('')

describe('withStartBitrate', () => {
  test('[CALL-27] is added to the format of each picture codec, which it may have to begin, and to nothing else', () => {
    const lines = withStartBitrate(SDP, 500_000).split('\r\n')
    expect(lines.filter((line) => !SDP.split('\r\n').includes(line))).toEqual([
      'a=fmtp:96 x-google-start-bitrate=500',
      'a=fmtp:98 profile-id=0;x-google-start-bitrate=500',
    ])
    expect(lines.indexOf('a=fmtp:96 x-google-start-bitrate=500')).toBe(
      lines.indexOf('a=rtpmap:96 VP8/90000') + 1,
    )
  })

  test('[CALL-27] is no more than a way that carries a camera carries', () => {
    expect(withStartBitrate(SDP, 1_700_000)).toContain('x-google-start-bitrate=1000')
  })

  test('leaves a description without pictures as it is', () => {
    const sdp = SECTIONS.slice(0, 2).join('')
    expect(withStartBitrate(sdp, 500_000)).toBe(sdp)
  })
})
