import { checkServer } from '#server/admin/checkServer.ts'
import { databaseVersion } from '#server/db.ts'
import { env } from '#server/env.ts'
import { route } from '#server/http/route.ts'
import { sfuService } from '#server/sfu/sfuService.ts'

export const GET = route({ access: 'admin' }, async () => {
  const database = await databaseVersion().catch(() => null)
  return { checks: checkServer({ env: env(), database, sfu: sfuService()?.report ?? null }) }
})
