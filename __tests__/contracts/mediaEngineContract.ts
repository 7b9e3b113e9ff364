import { type MediaEngine, SOURCES, type Source } from '#lib/call/ports.ts'
import type { MediaState } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { HEARD_LATER_MS, HELD_MS } from '../support/FakePeerConnection.ts'

/** A room of two engines, with whatever carries media between them. */
export type EngineRoom = {
  readonly ann: { readonly engine: MediaEngine; readonly id: ParticipantId }
  readonly ben: { readonly engine: MediaEngine; readonly id: ParticipantId }
  /** What the roster says that somebody sends. */
  announce(id: ParticipantId, media: MediaState): Promise<void>
  leave(id: ParticipantId): Promise<void>
  /** Lets everything under way arrive. */
  settle(): Promise<void>
  track(source: Source): MediaStreamTrack
  /** The track of ours that reaches the other one, or null. */
  arriving(from: ParticipantId, source: Source): MediaStreamTrack | null
  /** ms that Ann has asked this source of Ben's to wait for before it is played; null while she has not. Sound waits `HELD_MS` by itself. */
  waits(source: Source): number | null
  /** Lets time go by. */
  pass(ms: number): Promise<void>
  /** Takes away, for good, what media of this person goes through. False where nothing stands between two browsers. */
  sever(id: ParticipantId): Promise<boolean>
  close(): Promise<void>
}

const OFF: MediaState = { microphone: false, camera: false, screen: false }

/** What every MediaEngine promises (lib/call/ports.ts), whichever way media goes. */
export function mediaEngineContract(name: string, makeRoom: () => Promise<EngineRoom>): void {
  describe(`MediaEngine contract: ${name}`, () => {
    let room: EngineRoom
    beforeEach(async () => {
      room = await makeRoom()
    })
    afterEach(() => room.close())

    const started = async () => {
      await Promise.all([room.ann.engine.start(), room.ben.engine.start()])
      await room.settle()
    }
    const seen = () => room.ann.engine.state.get().participants.get(room.ben.id)

    test('[ENGINE-1] starts from idle, runs, closes; starting twice changes nothing', async () => {
      expect(room.ann.engine.state.get().link).toBe('idle')
      await started()
      expect(room.ann.engine.state.get().link).toBe('running')
      const before = room.ann.engine.state.get()
      await room.ann.engine.start()
      expect(room.ann.engine.state.get()).toBe(before)
    })

    test('[ENGINE-2] an aborted start rejects with AbortError', async () => {
      await expect(room.ann.engine.start(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
    })

    test('[ENGINE-3] the state names the others and never ourselves', async () => {
      await started()
      expect([...room.ann.engine.state.get().participants.keys()]).toEqual([room.ben.id])
    })

    test('[ENGINE-4] a track set before the start and one set after it both arrive', async () => {
      await room.ben.engine.setTrack('microphone', room.track('microphone'))
      await started()
      await room.ben.engine.setTrack('camera', room.track('camera'))
      await room.settle()
      expect(room.arriving(room.ben.id, 'microphone')?.kind).toBe('audio')
      expect(room.arriving(room.ben.id, 'camera')?.kind).toBe('video')
    })

    test('[ENGINE-5] every source can be sent, replaced and taken back', async () => {
      await started()
      for (const source of ['microphone', 'camera', 'screen', 'screenAudio'] as const) {
        const first = room.track(source)
        const second = room.track(source)
        await room.ben.engine.setTrack(source, first)
        await room.ben.engine.setTrack(source, second)
        await room.settle()
        expect(room.arriving(room.ben.id, source)).toBe(second)
        await room.ben.engine.setTrack(source, null)
        await room.settle()
        expect(room.arriving(room.ben.id, source)).toBeNull()
      }
    })

    test('[ENGINE-6] a track is published only while the roster says that its source is on', async () => {
      for (const source of SOURCES) await room.ben.engine.setTrack(source, room.track(source))
      await started()
      expect(seen()?.tracks).toEqual({})
      await room.announce(room.ben.id, { ...OFF, camera: true })
      expect(Object.keys(seen()?.tracks ?? {})).toEqual(['camera'])
      await room.announce(room.ben.id, { ...OFF, microphone: true, screen: true })
      expect(Object.keys(seen()?.tracks ?? {}).sort()).toEqual(['microphone', 'screen', 'screenAudio'])
      await room.announce(room.ben.id, OFF)
      expect(seen()?.tracks).toEqual({})
    })

    test('[ENGINE-7] the path is known once media flows', async () => {
      await started()
      expect(['direct', 'relayed', 'server']).toContain(seen()?.path)
    })

    test('[ENGINE-8] state that has not changed is the same object', async () => {
      await started()
      const before = seen()
      await room.announce(room.ben.id, OFF)
      expect(seen()).toBe(before)
    })

    test('[ENGINE-9] somebody who left is gone from the state', async () => {
      await started()
      await room.leave(room.ben.id)
      expect(room.ann.engine.state.get().participants.size).toBe(0)
    })

    test('[ENGINE-10] closing is idempotent, empties the state, and leaves the tracks to their owner', async () => {
      const track = room.track('camera')
      const stop = jest.fn()
      Object.assign(track, { stop })
      await room.ann.engine.setTrack('camera', track)
      await started()
      await room.ann.engine.close()
      await room.ann.engine.close()
      expect(room.ann.engine.state.get()).toMatchObject({ link: 'closed', participants: new Map() })
      expect(stop).not.toHaveBeenCalled()
      await room.ann.engine.setTrack('camera', null)
    })

    test('[ENGINE-11] levels are measured while somebody listens, and only then', async () => {
      await room.ben.engine.setTrack('microphone', room.track('microphone'))
      await started()
      await room.announce(room.ben.id, { ...OFF, microphone: true })
      expect(room.ann.engine.levels.get().size).toBe(0)
      const stop = room.ann.engine.levels.subscribe(() => undefined)
      await room.settle()
      expect(room.ann.engine.levels.get().get(room.ben.id)).toBeGreaterThan(0)
      stop()
      expect(room.ann.engine.levels.get().size).toBe(0)
    })

    test('[ENGINE-12] arrivals count what comes of each source, and tell the size of a picture', async () => {
      await room.ben.engine.setTrack('microphone', room.track('microphone'))
      await room.ben.engine.setTrack('camera', room.track('camera'))
      await started()
      const before = await room.ann.engine.arrivals(room.ben.id)
      await room.pass(1000)
      const after = await room.ann.engine.arrivals(room.ben.id)
      for (const source of ['microphone', 'camera'] as const) {
        expect(after[source]?.count).toBeGreaterThan(before[source]?.count ?? Number.POSITIVE_INFINITY)
      }
      expect(after.camera?.shortSidePx).toBeGreaterThan(0)
      expect(after.microphone?.shortSidePx).toBeNull()
      await room.leave(room.ben.id)
      expect(await room.ann.engine.arrivals(room.ben.id)).toEqual({})
    })

    test('[ENGINE-13] nothing is limited before something is known to be', async () => {
      await room.ann.engine.setTrack('camera', room.track('camera'))
      expect(room.ann.engine.state.get().limited).toBe(false)
      await started()
      await room.pass(5000)
      expect(room.ann.engine.state.get().limited).toBe(false)
    })

    test('[ENGINE-14] what is lost for good says so, names nobody, and keeps no track', async () => {
      const track = room.track('camera')
      const stop = jest.fn()
      Object.assign(track, { stop })
      await room.ann.engine.setTrack('camera', track)
      await started()
      const severed = await room.sever(room.ann.id)
      const { link, participants } = room.ann.engine.state.get()
      expect(link).toBe(severed ? 'lost' : 'running')
      expect(participants.size).toBe(severed ? 0 : 1)
      await room.ann.engine.setTrack('camera', null)
      await room.ann.engine.close()
      expect(room.ann.engine.state.get().link).toBe('closed')
      expect(stop).not.toHaveBeenCalled()
    })

    test('[ENGINE-15] a picture waits for its sound until it is heard; sound waits for nothing', async () => {
      await room.ben.engine.setTrack('microphone', room.track('microphone'))
      await room.ben.engine.setTrack('camera', room.track('camera'))
      await started()
      await room.announce(room.ben.id, { ...OFF, microphone: true, camera: true })
      await room.pass(10_000)
      expect([room.waits('microphone'), room.waits('camera')]).toEqual([null, HELD_MS + HEARD_LATER_MS])
    })
  })
}
