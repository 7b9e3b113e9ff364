import type { Identity, SessionEndReason } from './identity.ts'

/** A session as its row says it is, in the form in which it is kept in memory. */
export type SessionState = {
  readonly id: string
  readonly sidHash: string
  /** What a genuine token's `sub` must say: the user's id, or a guest's or recorder's session's own. */
  readonly subject: string
  readonly identity: Identity
  readonly userId: string | null
  readonly expiresAtMs: number
  readonly lastSeenMs: number
  /** Why it is over, or null while it is not. Idle and absolute limits are judged by the clock, not here. */
  readonly ended: SessionEndReason | null
}

type NewSession = {
  readonly sidHash: string
  readonly device: string
  readonly address: string
  readonly expiresAt: Date
} & (
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'guest'; readonly meetingId: string }
  | { readonly kind: 'recorder'; readonly meetingId: string; readonly recordingId: string }
)

/** Which sessions to end: all that fit every given condition. At least one of the first four is given. */
export type SessionFilter = {
  readonly id?: string
  readonly userId?: string
  readonly meetingId?: string
  readonly recordingId?: string
  readonly exceptId?: string
}

export type EndedSession = { readonly sessionId: string; readonly reason: SessionEndReason }

/** Where sessions are kept. Any failure means that the database is away. */
export interface SessionRows {
  find(by: { sidHash: string } | { id: string }): Promise<SessionState | null>
  insert(session: NewSession): Promise<{ id: string }>
  /** Ends live sessions and tells every process in the same transaction. @returns the ids that were live until now */
  end(which: SessionFilter, by: string | null, reason: SessionEndReason): Promise<string[]>
  /** Ends all live sessions of a user but the `most` seen last, as `end` does. */
  endBeyond(userId: string, most: number): Promise<string[]>
  /** Which of these are over, for whoever may have missed the news. Rows that are gone count as revoked. */
  endedAmong(ids: readonly string[]): Promise<EndedSession[]>
  markSeen(ids: readonly string[], at: Date): Promise<void>
}
