/** Tells once, when levels (0…1, ten a second) mean something the person should know. */
export type Detector = (level: number, atMs: number) => boolean

const VOICE = 0.04
const TALKING_SAMPLES = 5
const REMIND_AFTER_MS = 30_000

/** True when a voice has been heard for half a second of the last one; then quiet for half a minute. */
export function talkingDetector(): Detector {
  let recent: boolean[] = []
  let toldAt = Number.NEGATIVE_INFINITY
  return (level, atMs) => {
    recent = [...recent, level >= VOICE].slice(-10)
    if (recent.filter(Boolean).length < TALKING_SAMPLES || atMs - toldAt < REMIND_AFTER_MS) return false
    toldAt = atMs
    recent = []
    return true
  }
}

const SILENCE = 0.0003
const SILENT_FOR_MS = 8000

/** True once when not even noise has come for eight seconds: a switched-off or wrong microphone. */
export function silenceDetector(): Detector {
  let since: number | null = null
  let done = false
  return (level, atMs) => {
    if (done) return false
    if (level >= SILENCE) {
      done = true
      return false
    }
    since ??= atMs
    done = atMs - since >= SILENT_FOR_MS
    return done
  }
}
