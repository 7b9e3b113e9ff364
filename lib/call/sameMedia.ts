import { type RemoteMedia, SOURCES } from './ports.ts'

export const sameMedia = (a: RemoteMedia, b: RemoteMedia): boolean =>
  a.path === b.path &&
  a.quality === b.quality &&
  SOURCES.every((source) => a.tracks[source] === b.tracks[source])
