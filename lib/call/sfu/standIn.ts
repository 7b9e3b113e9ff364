/**
 * What LiveKit gets to hold instead of a track of ours: of the same kind and size, ended, and nobody's. LiveKit enables
 * a track that it publishes, which would give a muted microphone its voice back; it disables it on a mute from afar, and
 * stops it when publishing takes too long. None of that may happen to a track that the call, and perhaps a mesh, goes on
 * using; and a copy that lives on would keep the camera's light on.
 */
export function standInFor(track: MediaStreamTrack): MediaStreamTrack {
  const standIn = track.clone()
  standIn.stop()
  // An ended track has no settings, and by its size LiveKit decides how many pictures to send.
  standIn.getSettings = () => track.getSettings()
  return standIn
}
