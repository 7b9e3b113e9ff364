import type { Sessions } from '#server/auth/createSessions.ts'
import type { MediaFile, RecordingMedia } from '../PrismaRecordingMedia.ts'
import type { RecordingShares } from '../PrismaRecordingShares.ts'
import type { ShareTokens } from '../ShareTokens.ts'
import type { Bound } from './StreamPlaces.ts'

/** Answers of one viewer under way: a player needs two, a download one. */
const MOST_OF_VIEWER = 12
/** A link may be for a group; who opens it again and again has no more than this. */
const MOST_OF_LINK = 300

/** What an address below /api asks for: a file by its owner, or by whoever holds a link. */
export type MediaTarget = {
  readonly by: 'owner' | 'share'
  /** A recording's id, or a link's. */
  readonly id: string
  readonly fileId: string
}

/** Somebody who may have a file now, and the way to ask again. */
export type MediaGrant = {
  readonly file: MediaFile
  readonly actorId: string | null
  /** One in the trail: a user or a link. */
  readonly who: string
  /** Of whose answers it is one. */
  readonly bounds: readonly Bound[]
  readonly details: Readonly<Record<string, string>>
  readonly stillAllowed: () => Promise<boolean>
}

/** 401 who are you, 403 not this, 404 no such thing for you, 410 it was there. */
export type MediaRefusal = 401 | 403 | 404 | 410

export type AccessDeps = {
  readonly sessions: Pick<Sessions, 'authenticate' | 'isLive'>
  readonly media: RecordingMedia
  readonly shares: RecordingShares
  readonly shareTokens: ShareTokens
}

export type MediaAccess = (
  target: MediaTarget,
  cookieHeader: string | undefined,
  download: boolean,
) => Promise<MediaGrant | MediaRefusal>

/**
 * Decides by rows, on every request (UP-6). Who is nobody here learns nothing: 401 for every id there may be. Who is
 * somebody gets 404 for what is not theirs, whether it exists or not. 410 is for a link's former holder, who knew.
 *
 * @throws AppError unavailable
 */
export function createMediaAccess({ sessions, media, shares, shareTokens }: AccessDeps): MediaAccess {
  async function asOwner({ id, fileId }: MediaTarget, cookie: string | undefined) {
    const identity = await sessions.authenticate(cookie)
    if (!identity) return 401
    const { userId, sessionId } = identity
    const file = await media.fileOfOwner(userId, id, fileId)
    if (!file) return 404
    const stillAllowed = async (): Promise<boolean> =>
      (await sessions.isLive(sessionId)) && (await media.fileOfOwner(userId, id, fileId)) !== null
    const bounds = [{ of: userId, most: MOST_OF_VIEWER }]
    return { file, actorId: userId, who: userId, bounds, details: {}, stillAllowed }
  }

  async function asHolder({ id, fileId }: MediaTarget, cookie: string | undefined, download: boolean) {
    const opened = await shareTokens.openedIn(cookie, id)
    if (opened === null) return 401
    const share = await shares.findLive(id)
    if (!share) return 410
    if (!(await shareTokens.opens(cookie, share))) return 401
    if (download && !share.download) return 403
    const file = await media.fileOfShare(share.recordingId, fileId, share.download)
    if (!file) return 404
    const stillAllowed = async (): Promise<boolean> =>
      (await shares.findLive(id)) !== null &&
      (await media.fileOfShare(share.recordingId, fileId, share.download)) !== null
    const bounds = [
      { of: opened.id, most: MOST_OF_VIEWER },
      { of: id, most: MOST_OF_LINK },
    ]
    return { file, actorId: null, who: id, bounds, details: { share: id, for: share.label }, stillAllowed }
  }

  return (target, cookie, download) =>
    target.by === 'owner' ? asOwner(target, cookie) : asHolder(target, cookie, download)
}
