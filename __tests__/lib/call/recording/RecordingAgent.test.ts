import { MemoryChunkStore } from '#lib/call/recording/MemoryChunkStore.ts'
import { mayBeRecorded } from '#lib/call/recording/recordedPeople.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'
import { settle } from '../../../support/FakeClock.ts'
import { partOf, recordingOf } from '../../../support/FakeRecordingApi.ts'
import { idOf } from '../../../support/fakeCall.ts'
import { recordingAgent, roomRecordingOf } from '../../../support/recordingAgent.ts'
import { installRecordingBrowser } from '../../../support/recordingBrowser.ts'

installRecordingBrowser()

const SOUND = 'audio/webm;codecs=opus'
const PICTURE = 'video/webm;codecs=vp8'
const FILM = 'video/webm;codecs=vp8,opus'

describe('[REC-200] nobody is recorded who is not in the meeting', () => {
  const begun = async () => {
    const given = recordingAgent()
    const { enter, self } = given
    const recording = roomRecordingOf({ kind: 'local', studio: true, agreed: [self] })
    enter(recording)
    await settle()
    return { ...given, recording }
  }

  test('at the door again: own tracks and the meeting end, and begin anew when they are let in', async () => {
    const { call, running, enter, recording, own } = await begun()
    expect(running().sort()).toEqual([SOUND, PICTURE, FILM])
    call.state.set({ status: 'waiting' })
    await settle()
    expect(running()).toEqual([])
    expect(own.get()).toMatchObject({ meeting: null, tracks: null })
    enter(recording)
    await settle()
    expect(running().sort()).toEqual([SOUND, PICTURE, FILM])
  })

  test('a lost connection is not the door: everything goes on', async () => {
    const { call, running } = await begun()
    call.state.update((state) =>
      state.status === 'inCall' ? { ...state, connection: 'reconnecting' } : state,
    )
    await settle()
    expect(running()).toHaveLength(3)
  })
})

describe('[REC-203] the meeting is recorded by the page that has the seat of who started it', () => {
  test.each([
    ['local, started by us in another page', roomRecordingOf({ kind: 'local' }), [FILM]],
    ['local, started by somebody else', roomRecordingOf({ kind: 'local', byId: idOf(1) }), []],
    ['on the server, started by us', roomRecordingOf(), []],
  ])('%s', async (_, recording, recorded) => {
    const { enter, running } = recordingAgent()
    enter(recording)
    await settle()
    expect(running()).toEqual(recorded)
  })

  test('to stay here: a further part beside what the former page has kept', async () => {
    const kept = new MemoryChunkStore()
    const id = roomRecordingOf().id
    await kept.open(id, partOf(1))
    const { call, enter, recorders } = recordingAgent({ kept: { storeOf: () => kept, list: async () => [] } })
    enter(roomRecordingOf({ kind: 'device' }))
    await settle()
    recorders[0]?.give('aaaa')
    await settle()
    await call.leave()
    await settle()
    const parts = await kept.list()
    expect(parts.map((one) => [one.recordingId, one.kept.length])).toEqual([
      [id, 0],
      [id, 2],
    ])
  })
})

describe('[REC-220] a copy beside what a recorder makes', () => {
  const copied = roomRecordingOf({ copy: true })
  const copying = (change: Partial<RoomRecording> = {}) => {
    const stores = { kept: new MemoryChunkStore(), copy: new MemoryChunkStore() }
    const list = async () => [{ id: copied.id, startedAt: 1, seconds: 1, bytes: 4, copy: true }]
    const given = recordingAgent({ kept: { storeOf: (film) => stores[film], list } })
    given.enter({ ...copied, ...change })
    return { ...given, stores }
  }

  test('is recorded by whoever started it, stays here, and the server is told nothing', async () => {
    const { running, recorders, stores, store, api, clock, own } = copying()
    await settle()
    expect(running()).toEqual([FILM])
    expect(own.get().meeting).toMatchObject({ status: 'recording', film: 'copy' })
    recorders[0]?.give('aaaa')
    await clock.advance(10_000)
    const [copies, kept, sent] = await Promise.all([stores.copy, stores.kept, store].map((one) => one.list()))
    expect(copies).toMatchObject([{ recordingId: copied.id, kept: [0] }])
    expect([kept, sent]).toEqual([[], []])
    expect([api.requests, api.events]).toEqual([[], []])
  })

  test('ends with the recording and is offered', async () => {
    const { running, enter, own } = copying()
    await settle()
    enter(null)
    await settle()
    expect(running()).toEqual([])
    expect(own.get()).toMatchObject({ meeting: null, kept: [copied.id] })
  })

  test('goes on while the recorder’s is interrupted', async () => {
    const { running, enter } = copying()
    await settle()
    enter({ ...copied, status: 'interrupted', interruption: 'recorder-lost' })
    await settle()
    expect(running()).toEqual([FILM])
  })

  test('has those in it who have agreed, as the recorder’s has', () => {
    const asked = roomRecordingOf({ copy: true, consent: 'asked', agreed: [idOf(0)] })
    expect([idOf(0), idOf(1)].map((id) => mayBeRecorded(asked, id))).toEqual([true, false])
  })

  test('is nobody else’s, and does without where this browser keeps no files', async () => {
    const others = copying({ byId: idOf(1) })
    await settle()
    expect(others.running()).toEqual([])
    const { enter, own } = recordingAgent()
    enter(copied)
    expect(own.get().meeting).toMatchObject({ status: 'failed', film: 'copy' })
  })
})

describe('[REC-207] that this browser cannot record the meeting', () => {
  const ours = roomRecordingOf({ kind: 'local' })

  test('is said until the recording is over, and found out once', async () => {
    const isSupported = jest.fn(() => false)
    const { enter, own } = recordingAgent({ isSupported })
    enter(ours)
    enter(ours)
    await settle()
    const asked = isSupported.mock.calls.length
    enter(ours)
    expect(isSupported).toHaveBeenCalledTimes(asked)
    expect(own.get().meeting?.status).toBe('failed')
    enter(null)
    expect(own.get().meeting).toBeNull()
  })

  test('is forgotten with the call', async () => {
    const { enter, call, own } = recordingAgent({ isSupported: () => false })
    enter(ours)
    await call.leave()
    expect(own.get().meeting).toBeNull()
  })

  test('is not said of one that was stopped before it began', async () => {
    const { enter, call, own, recorders, browser } = recordingAgent()
    let compared = (): void => undefined
    call.compareClocks = () =>
      new Promise((resolve) => {
        compared = resolve
      })
    enter(ours)
    await settle()
    enter(null)
    await settle()
    browser.refuses = true
    compared()
    await settle()
    expect(recorders).toEqual([])
    expect(own.get().meeting).toBeNull()
  })

  test('is not covered by what is still uploaded of a former one', async () => {
    const { enter, own, api, recorders, clock } = recordingAgent()
    enter(ours)
    await settle()
    api.trouble.push({ type: 'later', afterMs: 60_000 })
    recorders[0]?.give('aaaa')
    await settle()
    enter(roomRecordingOf({ kind: 'local', id: recordingOf(2) }))
    await settle()
    expect(own.get().meeting?.status).toBe('recording')
    await clock.advance(60_000)
    expect(own.get().meeting?.status).toBe('recording')
  })
})

describe('[REC-209] own tracks begin when the clocks have been compared', () => {
  const comparing = () => {
    const given = recordingAgent()
    const recording = roomRecordingOf({ studio: true, agreed: [given.self] })
    let compared = (): void => undefined
    given.call.compareClocks = () =>
      new Promise((resolve) => {
        compared = resolve
      })
    given.enter(recording)
    return { ...given, recording, compared: () => compared() }
  }

  test('and not before', async () => {
    const { running, compared } = comparing()
    await settle()
    expect(running()).toEqual([])
    compared()
    await settle()
    expect(running().sort()).toEqual([SOUND, PICTURE])
  })

  test('and not at all when their yes was taken back meanwhile', async () => {
    const { enter, recording, self, running, compared, own } = comparing()
    enter({ ...recording, agreed: [], declined: [self] })
    compared()
    await settle()
    expect(running()).toEqual([])
    expect(own.get().tracks).toBeNull()
  })
})
