'use client'
import { useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { useRequest } from '#components/desk/useRequest.ts'
import { showToast } from '#components/ui/showToast.ts'

/** All pages that were asked for, as they were when the last of them came. */
type Pages<Row> = { readonly path: string; readonly rows: readonly Row[]; readonly nextCursor: string | null }

/**
 * A list that comes in pages: the first by itself, the next ones when asked.
 * @param path with its query, without the cursor
 * @param rowsOf where the rows are in an answer
 */
export function usePages<Answer extends { nextCursor: string | null }, Row extends { readonly id: string }>(
  path: string,
  rowsOf: (answer: Answer) => readonly Row[],
) {
  const { value, failure, reload: refresh } = useRequest<Answer>(path)
  const [pages, setPages] = useState<Pages<Row> | null>(null)
  const [busy, setBusy] = useState(false)
  const first = value ? { path, rows: rowsOf(value), nextCursor: value.nextCursor } : null
  const shown = first && pages?.path === path ? (withFirst(pages, first) ?? first) : first

  const reload = (): void => {
    setPages(null)
    refresh()
  }
  const loadMore = async (): Promise<void> => {
    if (!shown?.nextCursor) return
    setBusy(true)
    const join = path.includes('?') ? '&' : '?'
    const next = await requestJson<Answer>(`${path}${join}cursor=${encodeURIComponent(shown.nextCursor)}`)
    setBusy(false)
    if (!next.ok) return showToast(next.error.message, { tone: 'danger' })
    setPages({ path, rows: [...shown.rows, ...rowsOf(next.value)], nextCursor: next.value.nextCursor })
  }
  return {
    rows: shown?.rows ?? null,
    failure,
    /** From the beginning: after a row was changed, wherever it stands. */
    reload,
    /** Looks at the first page again, and keeps the others. */
    refresh,
    more: shown?.nextCursor ? { busy, load: () => void loadMore() } : null,
  }
}

/**
 * The pages with their first one as it is now: what is new stands before them, what has moved on behind it stays, what is gone
 * is gone. Null when it no longer meets the rest: then there may be rows between them.
 */
function withFirst<Row extends { readonly id: string }>(
  pages: Pages<Row>,
  first: Pages<Row>,
): Pages<Row> | null {
  const last = first.rows.at(-1)
  const met = pages.rows.findIndex(({ id }) => id === last?.id)
  return met === -1 ? null : { ...pages, rows: [...first.rows, ...pages.rows.slice(met + 1)] }
}
