import { permits } from '#lib/domain/authority.ts'
import { PERMISSIONS, type Permission } from '#lib/protocol/permissions.ts'
import type { CallNotice, CallState, Room } from './callState.ts'

/** What of all that a host can forbid is ours to do now. */
export function ourPermissions({ self, participants, settings }: Room): ReadonlySet<Permission> {
  const own = participants.get(self)
  return new Set(PERMISSIONS.filter((what) => own !== undefined && permits(settings.permissions, own, what)))
}

/** What has changed of our own standing, also while nobody could tell us of it. */
export function standingNotices(before: CallState, next: CallState): CallNotice[] {
  if (before.status !== 'inCall' || next.status !== 'inCall') return []
  const [former, present] = [before.room, next.room]
  if (former.participants === present.participants && former.settings === present.settings) return []
  const notices: CallNotice[] = []
  const was = former.participants.get(former.self)?.coHost
  const is = present.participants.get(present.self)?.coHost
  // Another seat is another standing, and nobody took anything back.
  if (former.self === present.self && was !== is) {
    notices.push({ type: is ? 'madeCoHost' : 'noLongerCoHost' })
  }
  const [could, can] = [ourPermissions(former), ourPermissions(present)]
  for (const what of PERMISSIONS) {
    // With the power comes everything: said once.
    if (is && can.has(what)) continue
    if (could.has(what) !== can.has(what))
      notices.push({ type: can.has(what) ? 'allowed' : 'forbidden', what })
  }
  return notices
}
