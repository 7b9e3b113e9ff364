import type { RecordingFileView } from '#lib/protocol/recordings.ts'
import type { PlayerSource } from './player/Player.tsx'

/** What the player may play, the browser's own choice among them: WebM first, which has what was recorded as it is. */
export const playerSources = (files: readonly RecordingFileView[], path: string): PlayerSource[] =>
  (['webm', 'mp4'] as const).flatMap((kind) =>
    files
      .filter((file) => file.kind === kind)
      .map(({ id, mimeType }) => ({ url: `${path}/${id}`, mimeType })),
  )
