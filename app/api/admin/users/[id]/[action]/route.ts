import { z } from 'zod'
import { admin } from '#server/auth/adminDeps.ts'
import { USER_ACTIONS } from '#server/auth/PrismaAdmin.ts'
import { route } from '#server/http/route.ts'

const params = z.strictObject({ id: z.uuid(), action: z.enum(USER_ACTIONS) })

export const POST = route({ access: 'admin', params }, async ({ identity, params, address }) => {
  await admin().change({ identity, address }, params.id, params.action)
  return {}
})
