import type { MediaEngine, Source } from '#lib/call/ports.ts'
import type { MediaState } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'

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
      await room.ben.engine.setTrack('camera', room.track('camera'))
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
      expect(room.ann.engine.state.get()).toEqual({ link: 'closed', participants: new Map() })
      expect(stop).not.toHaveBeenCalled()
      await room.ann.engine.setTrack('camera', null)
    })

    test('[ENGINE-11] levels are measured while somebody listens, and only then', async () => {
      await started()
      await room.announce(room.ben.id, { ...OFF, microphone: true })
      expect(room.ann.engine.levels.get().size).toBe(0)
      const stop = room.ann.engine.levels.subscribe(() => undefined)
      await room.settle()
      expect(room.ann.engine.levels.get().get(room.ben.id)).toBeGreaterThan(0)
      stop()
      expect(room.ann.engine.levels.get().size).toBe(0)
    })
  })
}
