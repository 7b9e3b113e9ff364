'use client'
import { useEffect } from 'react'
import { LoadFailure } from '#components/desk/LoadFailure.tsx'
import { TableSkeleton } from '#components/desk/TableSkeleton.tsx'
import { useRequest } from '#components/desk/useRequest.ts'
import type { ServerCheck } from '#lib/domain/serverCheck.ts'
import { ServerCheckCard } from './ServerCheckCard.tsx'

const REFRESH_MS = 5_000

/** How the parts of this server are, kept up to date: a media server that is being built takes minutes. */
export function ServerChecks() {
  const { value, failure, reload } = useRequest<{ readonly checks: readonly ServerCheck[] }>(
    '/api/admin/server',
  )
  useEffect(() => {
    const timer = setInterval(reload, REFRESH_MS)
    return () => clearInterval(timer)
  }, [reload])
  return (
    <>
      {failure && <LoadFailure failure={failure} retry={reload} />}
      {!value && !failure && <TableSkeleton />}
      {value && (
        <ul aria-label="Server" className="grid gap-4 lg:grid-cols-2">
          {value.checks.map((check) => (
            <ServerCheckCard key={check.name} check={check} />
          ))}
        </ul>
      )}
    </>
  )
}
