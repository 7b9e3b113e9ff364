'use client'
import { useState } from 'react'
import { goTo } from '#components/desk/goTo.ts'
import { LoadFailure } from '#components/desk/LoadFailure.tsx'
import { requestJson } from '#components/desk/requestJson.ts'
import { SearchField } from '#components/desk/SearchField.tsx'
import { TableSkeleton } from '#components/desk/TableSkeleton.tsx'
import { usePages } from '#components/desk/usePages.ts'
import { Button } from '#components/ui/Button.tsx'
import { showToast } from '#components/ui/showToast.ts'
import { Table, TableHead } from '#components/ui/Table.tsx'
import { VisuallyHidden } from '#components/ui/VisuallyHidden.tsx'
import { type AdminUser, type UserAction, UserLine } from './UserLine.tsx'

type Answer = { readonly users: readonly AdminUser[]; readonly nextCursor: string | null }

const rowsOf = (answer: Answer): readonly AdminUser[] => answer.users

const DONE: Record<UserAction, (name: string) => string> = {
  revoke: (name) => `${name} is signed out everywhere.`,
  disable: (name) => `${name} can no longer sign in, and is signed out everywhere.`,
  enable: (name) => `${name} can sign in again.`,
  promote: (name) => `${name} is now an admin.`,
  demote: (name) => `${name} is no longer an admin.`,
}

/** Everybody with an account. @param ownId who looks: nobody shuts themselves out by a slip */
export function UsersTable({ ownId, leave = goTo }: { ownId: string; leave?: (path: string) => void }) {
  const [query, setQuery] = useState('')
  const path = `/api/admin/users${query ? `?query=${encodeURIComponent(query)}` : ''}`
  const { rows, failure, reload, more } = usePages(path, rowsOf)
  const [busy, setBusy] = useState<string | null>(null)

  const act = async (user: AdminUser, action: UserAction): Promise<void> => {
    setBusy(user.id)
    const outcome = await requestJson(`/api/admin/users/${user.id}/${action}`, { method: 'POST', body: {} })
    setBusy(null)
    if (!outcome.ok) return showToast(outcome.error.message, { tone: 'danger' })
    if (user.id === ownId && action === 'revoke') return leave('/sign-in')
    showToast(DONE[action](user.name), { tone: 'success' })
    reload()
  }

  return (
    <>
      <SearchField label="Search by name or email" onSearch={setQuery} />
      {failure && <LoadFailure failure={failure} retry={reload} />}
      {!rows && !failure && <TableSkeleton />}
      {rows && (
        <Table label="Users">
          <thead>
            <tr>
              <TableHead>Person</TableHead>
              <TableHead wide>Joined</TableHead>
              <TableHead wide>Sessions</TableHead>
              <TableHead>
                <VisuallyHidden>Actions</VisuallyHidden>
              </TableHead>
            </tr>
          </thead>
          <tbody>
            {rows.map((user) => (
              <UserLine
                key={user.id}
                user={user}
                own={user.id === ownId}
                busy={busy === user.id}
                onAction={(action) => void act(user, action)}
              />
            ))}
          </tbody>
        </Table>
      )}
      {rows?.length === 0 && <p className="py-8 text-center text-ink-soft">Nobody fits this search.</p>}
      {more && (
        <Button className="mt-6" loading={more.busy} onClick={more.load}>
          Show more
        </Button>
      )}
    </>
  )
}
