'use client'
import { useState } from 'react'
import { goTo } from '#components/desk/goTo.ts'
import { LoadFailure } from '#components/desk/LoadFailure.tsx'
import { LocalTime } from '#components/desk/LocalTime.tsx'
import { TableSkeleton } from '#components/desk/TableSkeleton.tsx'
import { useRequest } from '#components/desk/useRequest.ts'
import { Badge } from '#components/ui/Badge.tsx'
import { Button } from '#components/ui/Button.tsx'
import { showToast } from '#components/ui/showToast.ts'
import { Table, TableCell, TableHead } from '#components/ui/Table.tsx'
import { VisuallyHidden } from '#components/ui/VisuallyHidden.tsx'
import { useConfirmedRequest } from './useConfirmedRequest.tsx'

type SessionRow = {
  readonly id: string
  readonly device: string
  readonly address: string
  readonly createdAt: string
  readonly lastSeenAt: string
  readonly current: boolean
}

/** Where one is signed in, and the means to end it there. @param leave tests put their own */
export function SessionsTable({ leave = goTo }: { leave?: (path: string) => void }) {
  const { value, failure, reload, setValue } = useRequest<{ sessions: readonly SessionRow[] }>(
    '/api/account/sessions',
  )
  const { post, dialog } = useConfirmedRequest()
  const [busy, setBusy] = useState<string | null>(null)
  if (!value) return failure ? <LoadFailure failure={failure} retry={reload} /> : <TableSkeleton />

  const run = async (key: string, path: string, done: () => void): Promise<void> => {
    setBusy(key)
    const outcome = await post(path)
    setBusy(null)
    if (outcome.ok) done()
    else if (outcome.error.message) showToast(outcome.error.message, { tone: 'danger' })
  }
  const revoke = (row: SessionRow): Promise<void> =>
    run(row.id, `/api/account/sessions/${row.id}/revoke`, () => {
      if (row.current) return leave('/sign-in')
      setValue(({ sessions }) => ({ sessions: sessions.filter(({ id }) => id !== row.id) }))
      showToast('Session ended. That device is signed out.', { tone: 'success' })
    })
  const revokeOthers = (): Promise<void> =>
    run('others', '/api/account/sessions/revoke-others', () => {
      setValue(({ sessions }) => ({ sessions: sessions.filter(({ current }) => current) }))
      showToast('You are signed out everywhere else.', { tone: 'success' })
    })

  const rows = [...value.sessions].sort((a, b) => Number(b.current) - Number(a.current))
  return (
    <>
      <Table label="Sessions">
        <thead>
          <tr>
            <TableHead>Device</TableHead>
            <TableHead wide>Address</TableHead>
            <TableHead wide>Signed in</TableHead>
            <TableHead wide>Last seen</TableHead>
            <TableHead>
              <VisuallyHidden>Action</VisuallyHidden>
            </TableHead>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <TableCell className="font-medium text-ink">
                <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                  {row.device}
                  {row.current && <Badge tone="accent">This device</Badge>}
                </span>
                <span className="mt-0.5 block font-normal wrap-anywhere text-ink-soft sm:hidden">
                  <LocalTime at={row.lastSeenAt} /> · {row.address}
                </span>
              </TableCell>
              <TableCell wide className="text-ink-soft">
                {row.address}
              </TableCell>
              <TableCell wide className="text-ink-soft">
                <LocalTime at={row.createdAt} />
              </TableCell>
              <TableCell wide className="text-ink-soft">
                <LocalTime at={row.lastSeenAt} />
              </TableCell>
              <TableCell className="text-right">
                <Button
                  size="sm"
                  variant="dangerGhost"
                  loading={busy === row.id}
                  onClick={() => void revoke(row)}
                >
                  Revoke
                </Button>
              </TableCell>
            </tr>
          ))}
        </tbody>
      </Table>
      {rows.length > 1 && (
        <Button className="mt-6" loading={busy === 'others'} onClick={() => void revokeOthers()}>
          Sign out everywhere else
        </Button>
      )}
      {dialog}
    </>
  )
}
