import * as accountRevoke from '../../app/api/account/sessions/[id]/revoke/route.ts'
import * as accountRevokeOthers from '../../app/api/account/sessions/revoke-others/route.ts'
import * as accountSessions from '../../app/api/account/sessions/route.ts'
import * as adminServer from '../../app/api/admin/server/route.ts'
import * as adminRevoke from '../../app/api/admin/sessions/[id]/revoke/route.ts'
import * as adminSessions from '../../app/api/admin/sessions/route.ts'
import * as adminAction from '../../app/api/admin/users/[id]/[action]/route.ts'
import * as adminUsers from '../../app/api/admin/users/route.ts'
import * as auth from '../../app/api/auth/[...nextauth]/route.ts'
import * as guest from '../../app/api/m/[code]/guest/route.ts'
import * as session from '../../app/api/session/route.ts'
import * as signUp from '../../app/api/sign-up/route.ts'
import type { RouteTable } from './apiServer.ts'

/** Every route of this area, by its path in app/. */
export const authRoutes: RouteTable = {
  '/api/account/sessions': accountSessions,
  '/api/account/sessions/revoke-others': accountRevokeOthers,
  '/api/account/sessions/[id]/revoke': accountRevoke,
  '/api/admin/server': adminServer,
  '/api/admin/sessions': adminSessions,
  '/api/admin/sessions/[id]/revoke': adminRevoke,
  '/api/admin/users': adminUsers,
  '/api/admin/users/[id]/[action]': adminAction,
  '/api/auth/[...nextauth]': auth,
  '/api/m/[code]/guest': guest,
  '/api/session': session,
  '/api/sign-up': signUp,
}
