import type { PrismaClient } from '@prisma/client'
import type { Sessions } from '#server/auth/createSessions.ts'
import type { RunningEnv } from '#server/env.ts'
import type { Log } from '#server/log.ts'
import { createRecordingMedia } from './PrismaRecordingMedia.ts'
import { createRecordingShares } from './PrismaRecordingShares.ts'
import type { Recordings } from './Recordings.ts'
import { ShareTokens } from './ShareTokens.ts'
import { createMediaHandler, type MediaHandler } from './viewing/createMediaHandler.ts'
import { createMediaAccess } from './viewing/mediaAccess.ts'

export type ViewingDeps = {
  readonly prisma: PrismaClient
  readonly env: Pick<RunningEnv, 'AUTH_SECRET' | 'AUTH_SECRET_PREVIOUS' | 'PUBLIC_URL'>
  readonly sessions: Pick<Sessions, 'authenticate' | 'isLive'>
  readonly recordings: Pick<Recordings, 'storageOf'>
  readonly log: Log
}

/** For the HTTP pipeline: finished recordings, sent to whoever may have them. */
export function createViewing({ prisma, env, sessions, recordings, log }: ViewingDeps): MediaHandler {
  const media = createRecordingMedia(prisma)
  const shares = createRecordingShares(prisma)
  const access = createMediaAccess({ sessions, media, shares, shareTokens: new ShareTokens(env) })
  return createMediaHandler({ access, media, recordings, log })
}
