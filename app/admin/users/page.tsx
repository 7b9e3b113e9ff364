import type { Metadata } from 'next'
import { AdminShell } from '#components/admin/AdminShell.tsx'
import { UsersTable } from '#components/admin/UsersTable.tsx'
import { requireAdmin } from '../../session.ts'

export const metadata: Metadata = { title: 'Users' }

export default async function AdminUsersPage() {
  const user = await requireAdmin('/admin/users')
  return (
    <AdminShell user={user} title="Users" about="Everybody with an account on this server.">
      <UsersTable ownId={user.userId} />
    </AdminShell>
  )
}
