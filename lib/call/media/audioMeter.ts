/** Measures the sound of a track (0…1, root mean square, ten times a second) until the returned function is called. */
export type AudioMeter = (track: MediaStreamTrack, onLevel: (level: number) => void) => () => void

const INTERVAL_MS = 100

/**
 * Web Audio's analyser: one context, alive only while something is measured. Says nothing while the browser keeps the
 * context suspended (before the first click on the page), rather than saying "silence".
 */
export const audioMeterOfBrowser: AudioMeter = (track, onLevel) => {
  const context = new AudioContext({ latencyHint: 'playback' })
  // The copy hears what the original does not send, as while muted.
  const copy = track.clone()
  copy.enabled = true
  const source = context.createMediaStreamSource(new MediaStream([copy]))
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    if (context.state !== 'running') {
      void context.resume().catch(() => undefined)
      return
    }
    analyser.getFloatTimeDomainData(samples)
    onLevel(Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length))
  }, INTERVAL_MS)
  return () => {
    clearInterval(timer)
    source.disconnect()
    copy.stop()
    void context.close().catch(() => undefined)
  }
}
