import type { ReactNode } from 'react'
import { DeskShell, type DeskUser } from '#components/desk/DeskShell.tsx'
import { NavLink } from '#components/desk/NavLink.tsx'
import { PageHeading } from '#components/desk/PageHeading.tsx'

type AdminShellProps = { user: DeskUser; title: string; about: string; children: ReactNode }

/** The frame of the admin pages. Each page authorises for itself; this only draws. */
export function AdminShell({ user, title, about, children }: AdminShellProps) {
  return (
    <DeskShell user={user} width="wide">
      <PageHeading title={title}>{about}</PageHeading>
      <nav aria-label="Admin" className="mb-6 flex gap-1 sm:-ml-3">
        <NavLink href="/admin/users" exact>
          Users
        </NavLink>
        <NavLink href="/admin/sessions" exact>
          Sessions
        </NavLink>
        <NavLink href="/admin/server" exact>
          Server
        </NavLink>
      </nav>
      {children}
    </DeskShell>
  )
}
