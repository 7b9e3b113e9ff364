import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import type { UserIdentity } from '#server/auth/identity.ts'
import { sessions } from '#server/auth/sessions.ts'

/**
 * The signed-in person behind the page being rendered, from the session's row (SE-1), or null.
 *
 * @throws AppError unavailable when the database cannot be asked; the error page says so
 */
export async function currentUser(): Promise<UserIdentity | null> {
  const cookie = (await headers()).get('cookie')
  return sessions().authenticate(cookie ?? undefined)
}

/** @param returnTo where to come back to after signing in: a path of ours */
export async function requireUser(returnTo: string): Promise<UserIdentity> {
  const user = await currentUser()
  if (!user) redirect(`/sign-in?next=${encodeURIComponent(returnTo)}`)
  return user
}

/** For people who are not admins the page does not exist; who is not signed in is asked to, as on any page. */
export async function requireAdmin(returnTo: string): Promise<UserIdentity> {
  const user = await requireUser(returnTo)
  if (!user.admin) notFound()
  return user
}
