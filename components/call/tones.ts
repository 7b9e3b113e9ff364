/** Short sounds made on the spot: no file to load, nothing to license. */
export type ToneName = 'joined' | 'left' | 'waiting' | 'hand' | 'message' | 'test'

type Note = { readonly hertz: number; readonly atS: number; readonly lengthS: number }
const TONES: Readonly<Record<ToneName, readonly Note[]>> = {
  joined: [
    { hertz: 523, atS: 0, lengthS: 0.12 },
    { hertz: 784, atS: 0.09, lengthS: 0.2 },
  ],
  left: [
    { hertz: 587, atS: 0, lengthS: 0.12 },
    { hertz: 392, atS: 0.09, lengthS: 0.2 },
  ],
  waiting: [
    { hertz: 659, atS: 0, lengthS: 0.14 },
    { hertz: 659, atS: 0.2, lengthS: 0.22 },
  ],
  hand: [{ hertz: 880, atS: 0, lengthS: 0.22 }],
  message: [{ hertz: 740, atS: 0, lengthS: 0.12 }],
  test: [
    { hertz: 523, atS: 0, lengthS: 0.35 },
    { hertz: 659, atS: 0.16, lengthS: 0.35 },
    { hertz: 784, atS: 0.32, lengthS: 0.35 },
    { hertz: 1047, atS: 0.48, lengthS: 0.7 },
  ],
}

/** Where a context can be sent to a chosen speaker (Chromium); elsewhere the system's choice sounds. */
type WithSink = AudioContext & { setSinkId(id: string): Promise<void> }
const hasSink = (context: AudioContext): context is WithSink => 'setSinkId' in context

/**
 * Plays a tone, on `speakerId` where the browser can. Resolves when it has sounded. Without Web Audio, or before the
 * browser allows sound, it stays silent: a tone is never worth an error.
 */
export async function playTone(name: ToneName, speakerId: string | null = null): Promise<void> {
  if (typeof AudioContext === 'undefined') return
  const context = new AudioContext()
  try {
    if (speakerId && hasSink(context)) await context.setSinkId(speakerId).catch(() => undefined)
    if (context.state === 'suspended') return
    const gain = name === 'test' ? 0.18 : 0.06
    let endS = 0
    for (const { hertz, atS, lengthS } of TONES[name]) {
      const startS = context.currentTime + 0.02 + atS
      const oscillator = new OscillatorNode(context, { frequency: hertz, type: 'sine' })
      const envelope = new GainNode(context, { gain: 0 })
      envelope.gain.setValueAtTime(0, startS)
      envelope.gain.linearRampToValueAtTime(gain, startS + 0.015)
      envelope.gain.exponentialRampToValueAtTime(0.0001, startS + lengthS)
      oscillator.connect(envelope).connect(context.destination)
      oscillator.start(startS)
      oscillator.stop(startS + lengthS)
      endS = Math.max(endS, 0.02 + atS + lengthS)
    }
    await new Promise((resolve) => setTimeout(resolve, endS * 1000 + 50))
  } finally {
    await context.close().catch(() => undefined)
  }
}
