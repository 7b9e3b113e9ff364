import type { SessionEndReason, SessionGate } from '#server/auth/identity.ts'

/** What realtime needs of sessions: the gate, and what `Sessions` offers beyond it. */
export type SessionsPort = SessionGate & {
  /** A fresh token for one that ran out while its session goes on: a page in a long call sends no HTTP requests. */
  renew?(cookieHeader: string | undefined): Promise<{ readonly cookieHeader: string } | null>
  /** For a removed guest. */
  end?(which: { readonly id: string }, by: string | null, reason: SessionEndReason): Promise<unknown>
}
