import type { PrismaClient } from '@prisma/client'

/** How a link was used, as the trail has it: watching once an hour, downloading once an hour and file (REC-96). */
export type ShareUse = {
  readonly watched: number
  readonly downloaded: number
  readonly lastUsedAt: Date | null
}

export const UNUSED: ShareUse = { watched: 0, downloaded: 0, lastUsedAt: null }

/** Of these links of one recording; those that nobody has used have none. */
export async function shareUses(
  prisma: PrismaClient,
  recordingId: string,
  shareIds: readonly string[],
): Promise<ReadonlyMap<string, ShareUse>> {
  const rows = await prisma.$queryRaw<(ShareUse & { share: string })[]>`
    SELECT details->>'share' AS share,
      (count(*) FILTER (WHERE action = 'recording.watched'))::int AS watched,
      (count(*) FILTER (WHERE action = 'recording.downloaded'))::int AS downloaded,
      max(at) AS "lastUsedAt"
    FROM "AuditEvent"
    WHERE "targetId" = ${recordingId} AND action IN ('recording.watched', 'recording.downloaded')
      AND details->>'share' = ANY(${[...shareIds]})
    GROUP BY 1`
  return new Map(rows.map(({ share, ...use }) => [share, use]))
}
