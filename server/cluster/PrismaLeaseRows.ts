import { Prisma, type PrismaClient } from '@prisma/client'
import type { ConferenceId } from '#lib/protocol/ids.ts'
import type { Holder, LeaseRows } from './leaseRows.ts'
import { CLUSTER_CHANNEL, PROCESS_LOCKS } from './Membership.ts'

/** Whether a process lives: its lock is held (Membership). Looked at as it is now, whatever the statement's snapshot. */
export const isAlive = (processId: Prisma.Sql): Prisma.Sql => Prisma.sql`EXISTS (
  SELECT FROM pg_locks AS held WHERE held.locktype = 'advisory' AND held.objsubid = 2 AND held.granted
    AND held.classid = ${PROCESS_LOCKS}::int::oid AND held.objid = (${processId})::oid
    AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`

/** Leases in PostgreSQL. */
export class PrismaLeaseRows implements LeaseRows {
  readonly #database: PrismaClient

  constructor(database: PrismaClient) {
    this.#database = database
  }

  async take(meetingId: string, routingKey: string, processId: number): Promise<boolean> {
    // ON CONFLICT locks the row and looks at its present state: of two who come at once the second sees the first.
    const taken = await this.#database.$executeRaw`
      INSERT INTO "MeetingLease" AS lease ("meetingId", "routingKey", "holderId")
      SELECT ${meetingId}::uuid, ${routingKey}, ${processId}::int
      WHERE ${isAlive(Prisma.sql`${processId}::int`)}
      ON CONFLICT ("meetingId") DO UPDATE
      SET "holderId" = excluded."holderId", "routingKey" = excluded."routingKey", "takenAt" = now()
      WHERE lease."holderId" = excluded."holderId" OR NOT ${isAlive(Prisma.sql`lease."holderId"`)}`
    return taken > 0
  }

  async heldBy(processId: number): Promise<readonly string[]> {
    const rows = await this.#database.meetingLease.findMany({
      where: { holderId: processId },
      select: { meetingId: true },
    })
    return rows.map(({ meetingId }) => meetingId)
  }

  async release(processId: number, meetingIds?: readonly string[]): Promise<void> {
    const which = meetingIds === undefined ? {} : { meetingId: { in: [...meetingIds] } }
    await this.#database.meetingLease.deleteMany({ where: { holderId: processId, ...which } })
  }

  async find(by: { routingKey: string } | { conferenceId: ConferenceId }): Promise<Holder | null> {
    const which =
      'routingKey' in by
        ? Prisma.sql`lease."routingKey" = ${by.routingKey}`
        : Prisma.sql`lease."meetingId" = (SELECT "meetingId" FROM "Conference" WHERE id = ${by.conferenceId}::uuid)`
    const rows = await this.#database.$queryRaw<Holder[]>`
      SELECT holder.id AS "processId", holder.url, ${isAlive(Prisma.sql`holder.id`)} AS alive
      FROM "MeetingLease" AS lease JOIN "ServerProcess" AS holder ON holder.id = lease."holderId"
      WHERE ${which} ORDER BY alive DESC LIMIT 1`
    return rows[0] ?? null
  }

  async forget(processId: number): Promise<void> {
    await this.#database.serverProcess.deleteMany({ where: { id: processId } })
  }

  async tellChanged(meetingId: string): Promise<void> {
    await this.#database
      .$queryRaw`SELECT pg_notify(${CLUSTER_CHANNEL}, ${JSON.stringify({ meetingId })})::text`
  }
}
