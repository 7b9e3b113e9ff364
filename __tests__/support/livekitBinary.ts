import { existsSync } from 'node:fs'
import path from 'node:path'

/** The real server, where LIVEKIT_BIN says it is or `npm test` has put it, else on PATH; null where there is none. */
export function livekitBinary(): string | null {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  const places = [
    process.env.LIVEKIT_BIN ?? '',
    path.join(process.cwd(), '.bin', 'livekit-server'),
    ...folders.map((folder) => path.join(folder, 'livekit-server')),
  ]
  return places.find((place) => place !== '' && existsSync(place)) ?? null
}
