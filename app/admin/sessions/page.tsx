import type { Metadata } from 'next'
import { AdminSessionsTable } from '#components/admin/AdminSessionsTable.tsx'
import { AdminShell } from '#components/admin/AdminShell.tsx'
import { requireAdmin } from '../../session.ts'

export const metadata: Metadata = { title: 'Sessions' }

export default async function AdminSessionsPage() {
  const user = await requireAdmin('/admin/sessions')
  return (
    <AdminShell
      user={user}
      title="Sessions"
      about="Who is signed in, and who is a guest in a meeting. Revoking ends it at once."
    >
      <AdminSessionsTable />
    </AdminShell>
  )
}
