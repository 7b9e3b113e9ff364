import type { Metadata } from 'next'
import { SessionsTable } from '#components/account/SessionsTable.tsx'
import { DeskShell } from '#components/desk/DeskShell.tsx'
import { PageHeading } from '#components/desk/PageHeading.tsx'
import { requireUser } from '../../session.ts'

export const metadata: Metadata = { title: 'Sessions' }

export default async function SessionsPage() {
  const user = await requireUser('/account/sessions')
  return (
    <DeskShell user={user}>
      <PageHeading title="Sessions">
        Where you are signed in. Revoking one signs it out at once and ends its call.
      </PageHeading>
      <SessionsTable />
    </DeskShell>
  )
}
