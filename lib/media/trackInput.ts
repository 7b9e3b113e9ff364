import { Input, MATROSKA, MP4, UrlSource, WEBM } from 'mediabunny'

/** Of each file, bytes: a meeting has two for everybody, and they are read from beginning to end. */
const CACHE_BYTES = 8 * 2 ** 20
/** Attempts in vain to fetch a piece of a file, after which it is given up. */
const ATTEMPTS = 5

/** A recorded track, read by ranges as it is needed. To be disposed of. */
export const openTrack = (url: string): Input =>
  new Input({
    source: new UrlSource(url, {
      requestInit: { credentials: 'same-origin' },
      maxCacheSize: CACHE_BYTES,
      getRetryDelay: (attempts) => (attempts < ATTEMPTS ? 2 ** attempts / 4 : null),
    }),
    formats: [WEBM, MATROSKA, MP4],
  })
