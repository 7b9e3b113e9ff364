import type { Source } from '#lib/call/ports.ts'
import { LipSync } from '#lib/call/sfu/LipSync.ts'
import type { SfuTrack } from '#lib/call/sfu/SfuRoom.ts'
import { fakeTrack } from '../../../support/FakePeerConnection.ts'

const RATE = 48_000

/** One person as they arrive, and what has become of their sound so far. */
function person(...sources: readonly Source[]) {
  const receivers = new Map(sources.map((source) => [source, { jitterBufferTarget: null as number | null }]))
  const buffers = new Map<Source, { jitterBufferDelay: number; jitterBufferEmittedCount: number }>()
  const playout = { totalPlayoutDelay: 0, totalSamplesCount: 0 }
  const lipSync = new LipSync()
  const tracks = new Map(
    [...receivers].map(([source, receiver]): [Source, SfuTrack] => [
      source,
      {
        track: fakeTrack('video', source),
        receiver: receiver as unknown as RTCRtpReceiver,
        want: () => undefined,
      },
    ]),
  )
  return {
    receivers,
    /** Two seconds of this sound, each sample of which was held for so long. */
    plays(source: Source, heldMs: number, seconds = 2): void {
      const { jitterBufferDelay, jitterBufferEmittedCount } = buffers.get(source) ?? {
        jitterBufferDelay: 0,
        jitterBufferEmittedCount: 0,
      }
      const samples = seconds * RATE
      buffers.set(source, {
        jitterBufferDelay: jitterBufferDelay + (samples * heldMs) / 1000,
        jitterBufferEmittedCount: jitterBufferEmittedCount + samples,
      })
    },
    /** Two seconds of the browser's sound that took so long from its buffers to where it is heard. */
    loudspeaker(delayMs: number): void {
      playout.totalSamplesCount += 2 * RATE
      playout.totalPlayoutDelay += (2 * RATE * delayMs) / 1000
    },
    look(): void {
      const reports = [...buffers].map(
        ([source, buffer]) =>
          [
            source,
            new Map<string, object>([
              ['in', { id: 'in', type: 'inbound-rtp', ...buffer }],
              ['out', { id: 'out', type: 'media-playout', ...playout }],
            ]) as unknown as RTCStatsReport,
          ] as const,
      )
      lipSync.follow(tracks, new Map(reports))
    },
    /** Until nothing changes any more. */
    settle(source: Source, heldMs: number): void {
      for (let look = 0; look < 20; look += 1) {
        this.plays(source, heldMs)
        this.look()
      }
    },
    waits: (source: Source) => receivers.get(source)?.jitterBufferTarget,
  }
}

describe('LipSync', () => {
  test('[SFU-C22] a picture waits as long as its sound, and gets there in steps', () => {
    const ann = person('microphone', 'camera')
    const steps: unknown[] = []
    for (let look = 0; look < 3; look += 1) {
      ann.plays('microphone', 90)
      ann.look()
      steps.push(ann.waits('camera'))
    }
    expect(steps).toEqual([40, 80, 90])
    ann.plays('microphone', 30)
    ann.look()
    expect(ann.waits('camera')).toBe(50)
    expect(ann.waits('microphone')).toBeNull()
  })

  test('[SFU-C22] and as long as it takes from there to the loudspeaker, where the browser tells', () => {
    const ann = person('microphone', 'camera')
    for (let look = 0; look < 4; look += 1) {
      ann.plays('microphone', 80)
      ann.loudspeaker(40)
      ann.look()
    }
    expect(ann.waits('camera')).toBe(120)
    ann.plays('microphone', 80)
    ann.loudspeaker(20)
    ann.look()
    expect(ann.waits('camera')).toBe(100)
  })

  test('[SFU-C22] a screen waits for its own sound, a face for its own voice', () => {
    const ann = person('microphone', 'camera', 'screen', 'screenAudio')
    ann.plays('microphone', 20)
    ann.plays('screenAudio', 30)
    ann.look()
    expect([ann.waits('camera'), ann.waits('screen')]).toEqual([20, 30])
  })

  test('[SFU-C22] nothing moves for less than anybody sees, nor further than half a second', () => {
    const ann = person('microphone', 'camera')
    ann.settle('microphone', 80)
    ann.settle('microphone', 88)
    expect(ann.waits('camera')).toBe(80)
    ann.settle('microphone', 3000)
    expect(ann.waits('camera')).toBe(500)
  })

  test('[SFU-C22] silence says nothing: neither none so far, nor none since', () => {
    const ann = person('microphone', 'camera')
    ann.look()
    expect(ann.waits('camera')).toBeNull()
    ann.settle('microphone', 80)
    ann.look()
    expect(ann.waits('camera')).toBe(80)
  })

  test('[SFU-C22] sound without a picture, and a picture without sound, are left alone', () => {
    const heard = person('microphone', 'screen')
    heard.plays('microphone', 80)
    heard.look()
    expect(heard.waits('screen')).toBeNull()
    expect(heard.waits('microphone')).toBeNull()
  })
})
