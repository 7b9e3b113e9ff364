import { redirect } from 'next/navigation'
import { requireAdmin } from '../session.ts'

export default async function AdminPage() {
  await requireAdmin('/admin')
  redirect('/admin/users')
}
