'use client'
import { useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { useRequest } from '#components/desk/useRequest.ts'
import { showToast } from '#components/ui/showToast.ts'

type Page<Row> = { readonly rows: readonly Row[]; readonly nextCursor: string | null }

/**
 * A list that comes in pages: the first by itself, the next ones when asked.
 * @param path with its query, without the cursor
 * @param rowsOf where the rows are in an answer
 */
export function usePages<Answer extends { nextCursor: string | null }, Row>(
  path: string,
  rowsOf: (answer: Answer) => readonly Row[],
) {
  const { value, failure, reload } = useRequest<Answer>(path)
  const [more, setMore] = useState<{ readonly after: Answer; readonly page: Page<Row> } | null>(null)
  const [busy, setBusy] = useState(false)
  // Pages that were added belong to the first page they follow: a new search or a reload drops them.
  const added = more && more.after === value ? more.page : null
  const nextCursor = added ? added.nextCursor : (value?.nextCursor ?? null)

  const loadMore = async (): Promise<void> => {
    if (!value || !nextCursor) return
    setBusy(true)
    const join = path.includes('?') ? '&' : '?'
    const next = await requestJson<Answer>(`${path}${join}cursor=${encodeURIComponent(nextCursor)}`)
    setBusy(false)
    if (!next.ok) return showToast(next.error.message, { tone: 'danger' })
    const rows = [...(added?.rows ?? []), ...rowsOf(next.value)]
    setMore({ after: value, page: { rows, nextCursor: next.value.nextCursor } })
  }
  return {
    rows: value ? [...rowsOf(value), ...(added?.rows ?? [])] : null,
    failure,
    reload,
    more: nextCursor ? { busy, load: () => void loadMore() } : null,
  }
}
