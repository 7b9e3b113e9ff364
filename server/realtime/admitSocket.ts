import { AppError } from '#lib/errors.ts'
import { handshake } from '#lib/protocol/events.ts'
import { meetingCode, recordingId } from '#lib/protocol/ids.ts'
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts'
import type { Identity } from '#server/auth/identity.ts'
import type { RecordingJobs } from '#server/recordings/RecordingJobs.ts'
import type { Origins } from './createEngine.ts'
import type { Hub } from './Hub.ts'
import type { KeyedBuckets } from './KeyedBuckets.ts'
import type { RealtimeLimits } from './limits.ts'
import type { MeetingLookup } from './MeetingLookup.ts'
import type { MeetingRecord } from './records.ts'
import type { SessionsPort } from './SessionsPort.ts'
import { ownerOf } from './SocketConnection.ts'

export type AdmissionDeps = {
  readonly sessions: SessionsPort
  readonly meetings: MeetingLookup
  readonly recordings: Pick<RecordingJobs, 'progress'>
  readonly hub: Hub
  readonly limits: RealtimeLimits
  /** Refused handshakes by address. */
  readonly refused: KeyedBuckets
}

export type Admission = {
  readonly identity: Identity
  readonly meeting: MeetingRecord
  readonly address: string
}

/**
 * Who is at the other end, and which meeting they mean. A wrong code, a deleted meeting, one that has ended and a guest
 * of another meeting get the same answer (RM-1).
 *
 * @param auth what the client says of itself: protocol and code, nothing more is believed
 * @throws AppError
 */
export async function admitSocket(deps: AdmissionDeps, auth: unknown, origins: Origins): Promise<Admission> {
  const wait = deps.refused.waitMs(origins.address, performance.now())
  try {
    if (wait > 0)
      throw new AppError('rate-limited', 'Too many attempts. Please wait.', { retryAfterMs: wait })
    return await admitted(deps, auth, origins)
  } catch (error) {
    if (error instanceof AppError && COUNTED.has(error.code))
      deps.refused.take(origins.address, performance.now())
    throw error
  }
}

const COUNTED = new Set(['not-found', 'unauthenticated', 'invalid-request'])

async function admitted(
  deps: AdmissionDeps,
  auth: unknown,
  { cookie, address }: Origins,
): Promise<Admission> {
  const said = handshake.safeParse(auth)
  if (!said.success) throw new AppError('invalid-request', 'The server did not understand this request.')
  if (said.data.protocol !== PROTOCOL_VERSION) {
    throw new AppError('protocol-mismatch', 'Parley was updated. Please reload this page.')
  }
  const code = meetingCode.safeParse(said.data.meeting)
  const meeting = code.success ? await deps.meetings.find(code.data) : null
  if (!meeting) throw AppError.notFound('The meeting')
  const identity = await identify(deps.sessions, cookie, meeting.id)
  if (!identity) throw AppError.unauthenticated()
  const isHost = identity.kind === 'user' && identity.userId === meeting.hostId
  const elsewhere = identity.kind !== 'user' && identity.meetingId !== meeting.id
  if (elsewhere || (meeting.endedAt && !isHost)) throw AppError.notFound('The meeting')
  if (identity.kind === 'recorder' && !(await goesOn(deps.recordings, identity.recordingId)))
    throw AppError.unauthenticated()
  return { identity, meeting, address }
}

/** A recorder's session outlives its recording by what is still to be delivered; it opens no meeting any more (REC-10). */
async function goesOn(recordings: Pick<RecordingJobs, 'progress'>, id: string): Promise<boolean> {
  const progress = await recordings.progress(recordingId.parse(id))
  return progress !== null && progress.stopReason === null
}

async function identify(
  sessions: SessionsPort,
  cookie: string | undefined,
  meetingId: string,
): Promise<Identity | null> {
  const identity = await sessions.identify(cookie, meetingId)
  if (identity) return identity
  const renewed = await sessions.renew?.(cookie)
  return renewed ? sessions.identify(renewed.cookieHeader, meetingId) : null
}

/** WS-13. To be called right before the socket is added: a pause in between would let two count the same place. */
export function requireRoomForSocket({ hub, limits }: AdmissionDeps, { identity, meeting }: Admission): void {
  const allowed = identity.kind === 'user' ? limits.socketsPerUser : limits.socketsPerGuest
  if (hub.socketsOf('owner', ownerOf(identity)) >= allowed) {
    throw new AppError('rate-limited', 'You have this site open in too many tabs.', { retryAfterMs: 30_000 })
  }
  if (hub.socketsOf('meeting', meeting.id) >= limits.socketsPerMeeting) {
    throw new AppError('full', 'This meeting is full.')
  }
}
