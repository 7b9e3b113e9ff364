/** Who a request or a socket is, read from the session's row, never from the token's claims. */
export type UserIdentity = {
  readonly kind: 'user'
  readonly sessionId: string
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly admin: boolean
  /** When they signed in: what asks for the password again looks at this. */
  readonly signedInAt: Date
}

export type GuestIdentity = {
  readonly kind: 'guest'
  readonly sessionId: string
  /** The one meeting this guest may knock at. */
  readonly meetingId: string
}

/** A recorder's browser: it may enter the one meeting that its recording is of, and add to that recording. */
export type RecorderIdentity = {
  readonly kind: 'recorder'
  readonly sessionId: string
  readonly meetingId: string
  readonly recordingId: string
}

export type Identity = UserIdentity | GuestIdentity | RecorderIdentity

export type SessionEndReason = 'revoked' | 'signed-out' | 'expired' | 'disabled' | 'removed'

/** What realtime and HTTP need of sessions. Every method throws AppError `unavailable` rather than guess. */
export interface SessionGate {
  /**
   * The person behind a Cookie header: the user's session first, else the guest session for `meetingId`, else the
   * recorder of that meeting.
   * Null when there is none that is valid now.
   */
  identify(cookieHeader: string | undefined, meetingId?: string): Promise<Identity | null>
  /** Whether a session is still live. Answers from memory within the cache's age (ms), else from the database. */
  isLive(sessionId: string): Promise<boolean>
  /** Calls back within a second of a session's end, whichever process ended it. */
  onEnded(listener: (ended: { sessionId: string; reason: SessionEndReason }) => void): () => void
}
