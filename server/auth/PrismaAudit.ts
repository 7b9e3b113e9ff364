import type { Prisma } from '@prisma/client'

type AuditAction =
  | 'user.signedUp'
  | 'user.signUpRefused'
  | 'user.signedIn'
  | 'user.signInFailed'
  | 'user.signedOut'
  | 'user.disabled'
  | 'user.enabled'
  | 'user.promoted'
  | 'user.demoted'
  | 'session.revoked'
  | 'access.denied'
  | 'recording.started'
  | 'recording.stopped'
  | 'recording.consented'
  | 'recording.renamed'
  | 'recording.finishedAgain'
  | 'recording.deleted'
  | 'recording.shared'
  | 'recording.shareRevoked'
  | 'recording.clipped'
  | 'recording.clipDeleted'
  | 'recording.transcriptAdded'
  | 'recording.transcriptRemoved'

export type AuditEntry = {
  readonly action: AuditAction
  /** Null for what the server or an unknown person did. */
  readonly actorId: string | null
  readonly targetId?: string | null
  readonly address: string | null
  readonly details?: Prisma.InputJsonObject
}

type Writer = { readonly auditEvent: Pick<Prisma.TransactionClient['auditEvent'], 'create'> }

/** Who did what to whom, from where (LG-1). Given a transaction, the event stands or falls with what it tells of. */
export async function audit(
  database: Writer,
  { action, actorId, targetId = null, address, details = {} }: AuditEntry,
): Promise<void> {
  await database.auditEvent.create({
    data: { action, actorId, targetId, address, details },
    select: { id: true },
  })
}
