import { database } from '#server/db.ts'
import { env } from '#server/env.ts'
import { createAdmin } from './PrismaAdmin.ts'
import { type AuditEntry, audit } from './PrismaAudit.ts'
import { createSessionList } from './PrismaSessionList.ts'
import { sessions } from './sessions.ts'

/** Stateless parts over the process's database, for route handlers. */
export const admin = () => createAdmin(database(), sessions())
export const sessionList = () => createSessionList(database(), { idleHours: env().SESSION_IDLE_HOURS })
export const auditTrail = (entry: AuditEntry): Promise<void> => audit(database(), entry)
