/** Fine as a beginning over any way that carries a camera at all; more is found by probing within a second. */
const MOST_BPS = 1_000_000
const ENCODED = /^(VP8|VP9|H264|AV1)\//i

/**
 * The peer's description, with the bits per second from which our browser begins to send pictures.
 *
 * Chromium begins with 300 kbit/s and finds by probing what the way carries, in tenths of a second. A camera that is
 * there sooner is made small and slow (640×360 at 25 pictures a second becomes 320×180 at 10) and stays so for more than
 * twelve seconds: half of all returns from the SFU on a machine in no need of it.
 * `x-google-start-bitrate` is Chromium's own (`media/base/media_constants.h`); other browsers leave it unread.
 */
export function withStartBitrate(sdp: string, bps: number): string {
  const kbps = Math.round(Math.min(bps, MOST_BPS) / 1000)
  return sdp
    .split(/(?=^m=)/m)
    .map((section) =>
      section.startsWith('m=video') ? withFormat(section, `x-google-start-bitrate=${kbps}`) : section,
    )
    .join('')
}

function withFormat(section: string, parameter: string): string {
  const payloads = [...section.matchAll(/^a=rtpmap:(\d+) (\S+)/gm)]
    .filter(([, , codec = '']) => ENCODED.test(codec))
    .map(([, payload]) => payload)
  return payloads.reduce((sdp: string, payload) => {
    const format = new RegExp(`^a=fmtp:${payload} [^\\r\\n]*`, 'm')
    if (format.test(sdp)) return sdp.replace(format, (line) => `${line};${parameter}`)
    return sdp.replace(
      new RegExp(`^a=rtpmap:${payload} [^\\r\\n]*`, 'm'),
      (line) => `${line}\r\na=fmtp:${payload} ${parameter}`,
    )
  }, section)
}
