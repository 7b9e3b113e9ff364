import { MemoryChunkStore } from '#lib/call/recording/MemoryChunkStore.ts'
import type { AgentDeps } from '#lib/call/recording/RecordingAgent.ts'
import { SpillingChunkStore } from '#lib/call/recording/SpillingChunkStore.ts'
import { settle } from '../../../support/FakeClock.ts'
import { recordingAgent, roomRecordingOf, trackOf } from '../../../support/recordingAgent.ts'
import { FakeAudioContext, installRecordingBrowser } from '../../../support/recordingBrowser.ts'

installRecordingBrowser()

const SOUND = 'audio/webm;codecs=opus'
const PICTURE = 'video/webm;codecs=vp8'

async function tracksOf(change: Partial<AgentDeps> = {}) {
  const given = recordingAgent(change)
  given.enter(roomRecordingOf({ studio: true, agreed: [given.self] }))
  await settle()
  const another = async (source: 'microphone' | 'camera') => {
    given.call.local.update((now) => ({ ...now, [source]: { status: 'on', track: trackOf(source) } }))
    await settle()
  }
  const status = () => given.own.get().tracks?.status
  return { ...given, another, status }
}

describe('[REC-206] own tracks', () => {
  test('are recorded, and said to be', async () => {
    const { running, status } = await tracksOf()
    expect(running().sort()).toEqual([SOUND, PICTURE])
    expect(status()).toBe('recording')
  })

  test('of a kind that this browser cannot record: it says so', async () => {
    const { running, status } = await tracksOf({ isSupported: (type) => type.startsWith('audio') })
    expect(running()).toEqual([SOUND])
    expect(status()).toBe('failed')
  })

  test('that could not be begun with one microphone are with the next, also where no sound can be mixed', async () => {
    FakeAudioContext.flows = false
    const { browser, running, status, another, recorders } = await tracksOf()
    browser.refuses = true
    recorders.find(({ mimeType }) => mimeType === SOUND)?.stop()
    await settle()
    expect([running(), status()]).toEqual([[PICTURE], 'failed'])
    browser.refuses = false
    await another('microphone')
    expect(running().sort()).toEqual([SOUND, PICTURE])
    expect(status()).toBe('recording')
  })

  test('whose microphone is pulled out wait for the next one', async () => {
    FakeAudioContext.flows = false
    const { call, running, status, another, recorders } = await tracksOf()
    const { microphone } = call.local.get()
    if (microphone.status === 'on') microphone.track.stop()
    recorders.find(({ mimeType }) => mimeType === SOUND)?.stop()
    await settle()
    expect([running(), status()]).toEqual([[PICTURE], 'recording'])
    await another('microphone')
    expect(running().sort()).toEqual([SOUND, PICTURE])
  })

  test('for which there is no room are begun again when nothing waits any more', async () => {
    const device = new MemoryChunkStore()
    device.append = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'))
    const { api, clock, recorders, running, status } = await tracksOf({
      store: new SpillingChunkStore(device, 4),
    })
    api.trouble.push({ type: 'later', afterMs: 60_000 }, { type: 'later', afterMs: 60_000 })
    for (const text of ['aaaa', 'bbbb']) for (const recorder of [...recorders]) recorder.give(text)
    await settle()
    expect([running(), status()]).toEqual([[], 'full'])
    await clock.advance(30_000)
    expect([running(), status()]).toEqual([[], 'full'])
    await clock.advance(60_000)
    expect(running().sort()).toEqual([SOUND, PICTURE])
    expect(status()).toBe('recording')
  })

  test('of which the server takes nothing more are not said to be recorded, and tried again', async () => {
    const { api, clock, recorders, running, status } = await tracksOf()
    const camera = recorders.find(({ mimeType }) => mimeType === PICTURE)
    api.trouble.push({ type: 'refused', status: 400 })
    camera?.give('aaaa')
    await settle()
    expect([running(), status()]).toEqual([[SOUND], 'failed'])
    await clock.advance(30_000)
    expect(running().sort()).toEqual([SOUND, PICTURE])
    expect(status()).toBe('recording')
  })
})
