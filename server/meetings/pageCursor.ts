import { z } from 'zod'
import { AppError } from '#lib/errors.ts'

/** Where a page ended: the sort key of its last row. */
export type PagePosition = { readonly createdAt: Date; readonly id: string }

const parts = z.tuple([z.iso.datetime({ precision: 3 }).transform((text) => new Date(text)), z.uuid()])

export const encodeCursor = (position: PagePosition): string =>
  Buffer.from(`${position.createdAt.toISOString()} ${position.id}`).toString('base64url')

/** @throws AppError `invalid-request` for a cursor that we did not make */
export function decodeCursor(cursor: string): PagePosition {
  const parsed = parts.safeParse(Buffer.from(cursor, 'base64url').toString().split(' '))
  if (!parsed.success) throw new AppError('invalid-request', 'This page of the list does not exist.')
  const [createdAt, id] = parsed.data
  return { createdAt, id }
}
