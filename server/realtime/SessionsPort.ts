import type { SessionEndReason, SessionGate } from '#server/auth/identity.ts'

/** What realtime needs of sessions: the gate, and the end of a removed guest's session where the gate offers it. */
export type SessionsPort = SessionGate & {
  end?(which: { readonly id: string }, by: string | null, reason: SessionEndReason): Promise<unknown>
}
