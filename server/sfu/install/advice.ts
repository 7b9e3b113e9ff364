import { LIVEKIT_VERSION, MIN_GO } from './version.ts'

/** Three ways to a media server, each a line to copy. */
export function installAdvice(): readonly string[] {
  const release = `https://github.com/livekit/livekit/releases/tag/v${LIVEKIT_VERSION}`
  const image = `livekit/livekit-server:v${LIVEKIT_VERSION}`
  return [
    `Go ${MIN_GO.join('.')} or newer from https://go.dev/dl, then restart: Parley builds the media server by itself`,
    `LIVEKIT_BIN=/usr/local/bin/livekit-server npm start   # with the binary from ${release}`,
    `docker run --network host ${image} --bind 127.0.0.1 --keys "parley: $LIVEKIT_API_SECRET"   # and LIVEKIT_URL=http://127.0.0.1:7880 LIVEKIT_API_KEY=parley`,
  ]
}
