import type { Metadata } from 'next'
import Link from 'next/link'
import { DeskShell } from '#components/desk/DeskShell.tsx'
import { PageHeading } from '#components/desk/PageHeading.tsx'
import { Avatar } from '#components/ui/Avatar.tsx'
import { Badge } from '#components/ui/Badge.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import { requireUser } from '../session.ts'

export const metadata: Metadata = { title: 'Account' }

export default async function AccountPage() {
  const user = await requireUser('/account')
  return (
    <DeskShell user={user} width="narrow">
      <PageHeading title="Account" />
      <div className="divide-y divide-line rounded-lg border border-line bg-surface shadow-1">
        <div className="flex items-center gap-5 p-5 sm:p-6">
          <Avatar id={user.userId} name={user.name} size="lg" />
          <div className="min-w-0">
            <p className="flex items-center gap-2.5 font-medium text-ink">
              <span className="truncate">{user.name}</span>
              {user.admin && <Badge tone="accent">Admin</Badge>}
            </p>
            <p className="truncate text-ink-soft">{user.email}</p>
          </div>
        </div>
        <section
          aria-labelledby="sessions"
          className="flex flex-col gap-4 p-5 sm:flex-row sm:items-center sm:p-6"
        >
          <div className="flex-1">
            <h2 id="sessions" className="font-medium tracking-normal text-ink">
              Where you are signed in
            </h2>
            <p className="mt-1 text-sm text-ink-soft">
              Look at your devices, and sign out of those you do not know.
            </p>
          </div>
          <Link href="/account/sessions" className={buttonClasses({})}>
            Sessions
          </Link>
        </section>
      </div>
    </DeskShell>
  )
}
