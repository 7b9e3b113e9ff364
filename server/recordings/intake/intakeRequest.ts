import { z } from 'zod'
import { MAX_CHUNKS } from '#lib/protocol/recordings.ts'

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
const PATH = new RegExp(
  `^/api/recordings/(${uuid})/(?:(events|kept)|(parts)(?:/(${uuid})(?:/(close)|/chunks/(0|[1-9]\\d{0,5}))?)?)$`,
)

export type IntakeRequest = { readonly recordingId: string } & (
  | { readonly kind: 'open' | 'events' | 'kept' }
  | { readonly kind: 'state'; readonly partId: string }
  | { readonly kind: 'close'; readonly partId: string }
  | { readonly kind: 'chunk'; readonly partId: string; readonly seq: number }
)

/** @returns null for everything that is not the intake's: other pages of a recording are behind it */
export function parseIntakeRequest(method: string | undefined, path: string): IntakeRequest | null {
  const [, recordingId = '', told, parts, partId, close, seq] = PATH.exec(path) ?? []
  if (told && method === 'POST') return { kind: told === 'kept' ? 'kept' : 'events', recordingId }
  if (!parts) return null
  if (partId === undefined) return method === 'POST' ? { kind: 'open', recordingId } : null
  if (close) return method === 'POST' ? { kind: 'close', recordingId, partId } : null
  if (seq === undefined) return method === 'GET' ? { kind: 'state', recordingId, partId } : null
  const number = Number(seq)
  return method === 'PUT' && number < MAX_CHUNKS ? { kind: 'chunk', recordingId, partId, seq: number } : null
}

/** Whether a request may have a body of MAX_CHUNK_BYTES, before anybody has read a line of it. */
export const isChunkRequest = (method: string | undefined, path: string): boolean =>
  method === 'PUT' && parseIntakeRequest(method, path)?.kind === 'chunk'

export const digestHeader = z.string().regex(/^[0-9a-f]{64}$/)
