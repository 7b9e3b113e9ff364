import { randomUUID } from 'node:crypto'
import { fetchRecordingApi } from '#lib/call/recording/fetchRecordingApi.ts'
import type { Sent } from '#lib/call/recording/ports.ts'
import { recordingId } from '#lib/protocol/ids.ts'

const ID = recordingId.parse(randomUUID())
const PART = randomUUID()
const page = (status: number) => `<html><head><title>${status}</title></head><body>nginx</body></html>`

async function sent(answer: () => Response): Promise<Sent[]> {
  const api = fetchRecordingApi({ fetch: async () => answer(), priority: 'auto' })
  const state = await api.partState(ID, PART)
  return [
    await api.putChunk(ID, PART, 0, new Blob(['bytes'])),
    await api.closePart(ID, PART, 1),
    state.type === 'done' ? { type: 'done', value: null } : state,
  ]
}
const LATER = { type: 'later', afterMs: null }

describe('[REC-63] what an answer means', () => {
  it.each([
    [409, { type: 'out-of-order' }],
    [410, { type: 'over' }],
    [507, { type: 'no-space' }],
    [400, { type: 'refused', status: 400 }],
    [401, { type: 'refused', status: 401 }],
    [404, { type: 'refused', status: 404 }],
    [408, LATER],
    [429, LATER],
    [500, LATER],
    [503, LATER],
  ])('%i of Parley’s', async (status, meaning) => {
    const answer = () => Response.json({ error: { code: 'x', message: 'x' } }, { status })
    expect(await sent(answer)).toEqual([meaning, meaning, meaning])
  })

  // A body that is too large for a proxy will not be smaller the next time; a process behind it that is away comes back.
  it.each([
    [413, { type: 'refused', status: 413 }],
    [502, LATER],
    [503, LATER],
    [504, LATER],
  ])('%i of a proxy’s, with a page of its own', async (status, meaning) => {
    const headers = { 'content-type': 'text/html' }
    expect(await sent(() => new Response(page(status), { status, headers }))).toEqual([
      meaning,
      meaning,
      meaning,
    ])
  })

  it('how long to wait is believed where it is said', async () => {
    const wished = (seconds: string) =>
      sent(() => new Response(null, { status: 503, headers: { 'retry-after': seconds } }))
    expect((await wished('7'))[0]).toEqual({ type: 'later', afterMs: 7000 })
    expect((await wished('Wed, 21 Oct 2026 07:28:00 GMT'))[0]).toEqual(LATER)
  })

  it('a page that calls itself good says nothing of where to go on', async () => {
    const api = fetchRecordingApi({ fetch: async () => new Response(page(200)), priority: 'auto' })
    expect(await api.partState(ID, PART)).toEqual(LATER)
  })

  it('no answer at all is one that may still come', async () => {
    const away = () => {
      throw new TypeError('fetch failed')
    }
    expect(await sent(away)).toEqual([LATER, LATER, LATER])
  })
})
