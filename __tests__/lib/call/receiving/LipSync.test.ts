import type { Source } from '#lib/call/ports.ts'
import { LipSync } from '#lib/call/receiving/LipSync.ts'
import type { Stat } from '#lib/call/receiving/linkStats.ts'

const RATE = 48_000

type Heard = {
  jitterBufferDelay: number
  jitterBufferTargetDelay: number
  jitterBufferMinimumDelay: number
  jitterBufferEmittedCount: number
}
const UNHEARD: Heard = {
  jitterBufferDelay: 0,
  jitterBufferTargetDelay: 0,
  jitterBufferMinimumDelay: 0,
  jitterBufferEmittedCount: 0,
}

/** One person as they arrive, and what has become of their sound so far. */
function person(...sources: readonly Source[]) {
  return personIn(new LipSync(), ...sources)
}

function personIn(lipSync: LipSync, ...sources: readonly Source[]) {
  const receivers = new Map(
    sources.map((source) => [
      source,
      { track: { id: `the ${source}` }, jitterBufferTarget: null as number | null },
    ]),
  )
  const sounds = new Map<Source, Heard>()
  const playout = { totalPlayoutDelay: 0, totalSamplesCount: 0 }
  return {
    receivers,
    /** Two seconds of this sound, each sample of which was held for so long, and by the browser's own wish for so much of it. */
    plays(source: Source, heldMs: number, addedMs = 0): void {
      const before = sounds.get(source) ?? UNHEARD
      const samples = 2 * RATE
      const summed = (ms: number) => (samples * ms) / 1000
      sounds.set(source, {
        jitterBufferDelay: before.jitterBufferDelay + summed(heldMs),
        jitterBufferTargetDelay: before.jitterBufferTargetDelay + summed(heldMs),
        jitterBufferMinimumDelay: before.jitterBufferMinimumDelay + summed(heldMs - addedMs),
        jitterBufferEmittedCount: before.jitterBufferEmittedCount + samples,
      })
    },
    /** Two seconds of the browser's sound that took so long from its buffers to where it is heard. */
    loudspeaker(delayMs: number): void {
      playout.totalSamplesCount += 2 * RATE
      playout.totalPlayoutDelay += (2 * RATE * delayMs) / 1000
    },
    /** One report of all, as a mesh's connection makes it and the SFU's receivers' are put together. */
    look(tell: (heard: Heard) => object = (heard) => heard): void {
      const stats = new Map<string, Stat>([
        ['other', { id: 'other', type: 'inbound-rtp', timestamp: 0, trackIdentifier: 'another’s' }],
        ['out', { id: 'out', type: 'media-playout', timestamp: 0, ...playout }],
      ])
      for (const [source, heard] of sounds)
        stats.set(source, {
          id: source,
          type: 'inbound-rtp',
          timestamp: 0,
          trackIdentifier: `the ${source}`,
          ...tell(heard),
        })
      lipSync.follow((source) => receivers.get(source) as RTCRtpReceiver | undefined, stats)
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

  test('[REC-223] and where sound is heard later than the browser tells, so much longer', () => {
    const ann = personIn(new LipSync(25), 'microphone', 'camera')
    ann.settle('microphone', 90)
    expect(ann.waits('camera')).toBe(115)
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

  test('[CALL-28] what the browser adds to the sound, to wait for a late picture, moves no picture further', () => {
    const ann = person('microphone', 'camera')
    ann.settle('microphone', 60)
    for (let look = 0; look < 3; look += 1) {
      ann.plays('microphone', 200, 140)
      ann.look()
    }
    expect(ann.waits('camera')).toBe(60)
  })

  test('[SFU-C22] a browser that does not tell what it aims at is taken at what it holds', () => {
    const ann = person('microphone', 'camera')
    for (let look = 0; look < 2; look += 1) {
      ann.plays('microphone', 60)
      ann.look(({ jitterBufferDelay, jitterBufferEmittedCount }) => ({
        jitterBufferDelay,
        jitterBufferEmittedCount,
      }))
    }
    expect(ann.waits('camera')).toBe(60)
  })

  test('[SFU-C22] sound without a picture, and a picture without sound, are left alone', () => {
    const heard = person('microphone', 'screen')
    heard.plays('microphone', 80)
    heard.look()
    expect(heard.waits('screen')).toBeNull()
    expect(heard.waits('microphone')).toBeNull()
  })
})
