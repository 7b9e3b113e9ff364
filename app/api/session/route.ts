import { route } from '#server/http/route.ts'

/** Who is signed in here. Asking also keeps the session's token fresh: the HTTP pipeline renews it on the way in. */
export const GET = route({ access: 'public' }, async ({ identity }) => {
  if (!identity) return { user: null }
  const { userId: id, name, email, admin } = identity
  return { user: { id, name, email, admin } }
})
