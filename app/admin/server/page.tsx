import type { Metadata } from 'next'
import { AdminShell } from '#components/admin/AdminShell.tsx'
import { ServerChecks } from '#components/admin/ServerChecks.tsx'
import { requireAdmin } from '../../session.ts'

export const metadata: Metadata = { title: 'Server' }

export default async function AdminServerPage() {
  const user = await requireAdmin('/admin/server')
  return (
    <AdminShell user={user} title="Server" about="What this server has, and what it could have.">
      <ServerChecks />
    </AdminShell>
  )
}
