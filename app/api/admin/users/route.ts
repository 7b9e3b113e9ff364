import { z } from 'zod'
import { admin } from '#server/auth/adminDeps.ts'
import { route } from '#server/http/route.ts'
import { decodeCursor, encodeCursor } from '#server/meetings/pageCursor.ts'

const query = z.strictObject({
  cursor: z.string().max(200).optional(),
  query: z.string().trim().max(200).default(''),
})

export const GET = route({ access: 'admin', query }, async ({ query }) => {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor)
  const { users, next } = await admin().users(after, query.query)
  return { users, nextCursor: next ? encodeCursor(next) : null }
})
