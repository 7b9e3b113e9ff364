import type { RecordingId } from '#lib/protocol/ids.ts'
import { CHUNK_DIGEST_HEADER, partState, type RecordedEvent } from '#lib/protocol/recordings.ts'
import type { RecordingApi, Sent } from './ports.ts'

/** A request that hangs is as good as lost. */
const TIMEOUT_MS = 20_000

type Options = {
  readonly fetch: typeof fetch
  /** `low`: the call and everything a person waits for goes first. */
  readonly priority: 'auto' | 'low'
}

/** The intake's HTTP, by meaning: each status is what its sender should do next (REC-63). */
export function fetchRecordingApi({ fetch, priority }: Options): RecordingApi {
  const send = async (method: string, path: string, init: RequestInit): Promise<Response | null> => {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS)
      return await fetch(`/api/recordings/${path}`, { method, cache: 'no-store', priority, signal, ...init })
    } catch {
      return null
    }
  }
  const json = (body: unknown): RequestInit => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const partOf = (id: RecordingId, partId: string): string => `${id}/parts/${partId}`

  return {
    openPart: async (id, part) => nothing(await send('POST', `${id}/parts`, json(part))),
    async putChunk(id, partId, seq, bytes) {
      const body = await bytes.arrayBuffer()
      const headers = {
        'content-type': 'application/octet-stream',
        [CHUNK_DIGEST_HEADER]: await sha256(body),
      }
      return nothing(await send('PUT', `${partOf(id, partId)}/chunks/${seq}`, { headers, body }))
    },
    async partState(id, partId) {
      const response = await send('GET', partOf(id, partId), {})
      const sent = meaningOf(response)
      if (sent.type !== 'done') return sent
      const parsed = partState.safeParse(await response?.json().catch(() => null))
      return parsed.success ? { type: 'done', value: parsed.data } : LATER
    },
    closePart: async (id, partId, chunks) =>
      nothing(await send('POST', `${partOf(id, partId)}/close`, json({ chunks }))),
    sendEvents: async (id, events: readonly RecordedEvent[]) =>
      nothing(await send('POST', `${id}/events`, json({ events }))),
    tellKept: async (id, kept) => nothing(await send('POST', `${id}/kept`, json(kept))),
  }
}

const LATER = { type: 'later', afterMs: null } as const

/** The body is read to its end, or its connection would not be used again. */
async function nothing(response: Response | null): Promise<Sent> {
  await response?.arrayBuffer().catch(() => null)
  return meaningOf(response)
}

function meaningOf(response: Response | null): Sent {
  if (response === null) return LATER
  const { status } = response
  if (response.ok) return { type: 'done', value: null }
  if (status === 409) return { type: 'out-of-order' }
  if (status === 410) return { type: 'over' }
  if (status === 507) return { type: 'no-space' }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    return { type: 'later', afterMs: Number.isFinite(seconds) ? seconds * 1000 : null }
  }
  return { type: 'refused', status }
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
