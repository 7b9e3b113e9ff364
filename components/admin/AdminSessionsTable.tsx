'use client'
import { useState } from 'react'
import { goTo } from '#components/desk/goTo.ts'
import { LoadFailure } from '#components/desk/LoadFailure.tsx'
import { LocalTime } from '#components/desk/LocalTime.tsx'
import { requestJson } from '#components/desk/requestJson.ts'
import { SearchField } from '#components/desk/SearchField.tsx'
import { TableSkeleton } from '#components/desk/TableSkeleton.tsx'
import { usePages } from '#components/desk/usePages.ts'
import { Badge } from '#components/ui/Badge.tsx'
import { Button } from '#components/ui/Button.tsx'
import { showToast } from '#components/ui/showToast.ts'
import { Table, TableCell, TableHead } from '#components/ui/Table.tsx'
import { VisuallyHidden } from '#components/ui/VisuallyHidden.tsx'

type AdminSession = {
  readonly id: string
  readonly kind: string
  readonly person: string
  readonly email: string | null
  readonly meetingTitle: string | null
  readonly device: string
  readonly address: string
  readonly lastSeenAt: string
  readonly current: boolean
}
type Answer = { readonly sessions: readonly AdminSession[]; readonly nextCursor: string | null }

const rowsOf = (answer: Answer): readonly AdminSession[] => answer.sessions

/** Everybody who is signed in or in a meeting as a guest; revoking one ends it everywhere within a second. */
export function AdminSessionsTable({ leave = goTo }: { leave?: (path: string) => void }) {
  const [query, setQuery] = useState('')
  const path = `/api/admin/sessions${query ? `?query=${encodeURIComponent(query)}` : ''}`
  const { rows, failure, reload, more } = usePages(path, rowsOf)
  const [ended, setEnded] = useState<ReadonlySet<string>>(new Set())
  const [busy, setBusy] = useState<string | null>(null)

  const revoke = async (row: AdminSession): Promise<void> => {
    setBusy(row.id)
    const outcome = await requestJson(`/api/admin/sessions/${row.id}/revoke`, { method: 'POST', body: {} })
    setBusy(null)
    // One that ended by itself meanwhile is as good.
    if (!outcome.ok && outcome.error.status !== 404)
      return showToast(outcome.error.message, { tone: 'danger' })
    if (row.current) return leave('/sign-in')
    setEnded((before) => new Set([...before, row.id]))
    showToast(`Session of ${row.person} ended.`, { tone: 'success' })
  }

  const shown = rows?.filter((row) => !ended.has(row.id))
  return (
    <>
      <SearchField label="Search by name, email or address" onSearch={setQuery} />
      {failure && <LoadFailure failure={failure} retry={reload} />}
      {!shown && !failure && <TableSkeleton />}
      {shown && (
        <Table label="Sessions">
          <thead>
            <tr>
              <TableHead>Person</TableHead>
              <TableHead wide>Device</TableHead>
              <TableHead wide>Address</TableHead>
              <TableHead wide>Last seen</TableHead>
              <TableHead>
                <VisuallyHidden>Action</VisuallyHidden>
              </TableHead>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <SessionLine key={row.id} row={row} busy={busy === row.id} onRevoke={() => void revoke(row)} />
            ))}
          </tbody>
        </Table>
      )}
      {shown?.length === 0 && <p className="py-8 text-center text-ink-soft">No session fits this search.</p>}
      {more && (
        <Button className="mt-6" loading={more.busy} onClick={more.load}>
          Show more
        </Button>
      )}
    </>
  )
}

function SessionLine({ row, busy, onRevoke }: { row: AdminSession; busy: boolean; onRevoke: () => void }) {
  return (
    <tr>
      <TableCell>
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium text-ink">
          {row.person}
          {row.current && <Badge tone="accent">This device</Badge>}
          {row.email === null && <Badge>Guest</Badge>}
        </span>
        <span className="mt-0.5 block break-words text-ink-soft">{row.email ?? row.meetingTitle}</span>
        <span className="block wrap-anywhere text-ink-soft sm:hidden">
          {row.device} · <LocalTime at={row.lastSeenAt} /> · {row.address}
        </span>
      </TableCell>
      <TableCell wide className="whitespace-nowrap text-ink-soft">
        {row.device}
      </TableCell>
      <TableCell wide className="text-ink-soft">
        {row.address}
      </TableCell>
      <TableCell wide className="text-ink-soft">
        <LocalTime at={row.lastSeenAt} />
      </TableCell>
      <TableCell className="text-right">
        <Button size="sm" variant="dangerGhost" loading={busy} onClick={onRevoke}>
          Revoke
        </Button>
      </TableCell>
    </tr>
  )
}
