// What this page plays, as a person hears it: every sound that is not muted goes into one mix, whose longest silence an
// AudioWorklet measures on its own thread, so that a page busy for a moment is not taken for a silent one.
// Runs before the page's own scripts; needs a page whose content policy is off.
;(() => {
  const SILENT_RMS = 0.001
  const worklet = `registerProcessor('silence', class extends AudioWorkletProcessor {
    constructor() {
      super()
      this.run = 0
      this.longest = 0
      this.port.onmessage = () => {
        this.port.postMessage(Math.max(this.longest, this.run) / sampleRate * 1000)
        this.run = this.longest = 0
      }
    }
    process([[samples]]) {
      let power = 0
      for (const one of samples ?? []) power += one * one
      const silent = samples === undefined || Math.sqrt(power / samples.length) < ${SILENT_RMS}
      this.run = silent ? this.run + 128 : 0
      this.longest = Math.max(this.longest, this.run)
      return true
    }
  })`
  const heard = new Map()
  let context = null
  let meter = null

  /** Mutes and streams change on the page's thread, and here in the same step. */
  function follow(element) {
    if (meter === null || !(element instanceof HTMLAudioElement)) return
    const before = heard.get(element)
    const stream = element.srcObject
    if (before && before.stream !== stream) {
      before.source.disconnect()
      heard.delete(element)
    }
    if (!(stream instanceof MediaStream) || stream.getAudioTracks().length === 0) return
    let now = heard.get(element)
    if (!now) {
      const source = context.createMediaStreamSource(stream)
      const gain = context.createGain()
      source.connect(gain).connect(meter)
      now = { stream, source, gain }
      heard.set(element, now)
    }
    now.gain.gain.value = element.muted ? 0 : 1
  }
  for (const name of ['muted', 'srcObject']) {
    const native = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, name)
    Object.defineProperty(HTMLMediaElement.prototype, name, {
      ...native,
      set(value) {
        native.set.call(this, value)
        follow(this)
      },
    })
  }

  window.parleyHeard = {
    async start() {
      if (context === null) {
        context = new AudioContext()
        await context.audioWorklet.addModule(
          URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' })),
        )
        meter = new AudioWorkletNode(context, 'silence')
        meter.connect(context.destination)
        for (const element of document.querySelectorAll('audio')) follow(element)
        await new Promise((done) => setTimeout(done, 300))
      }
      await window.parleyHeard.longestSilenceMs()
    },
    /** Since the last time that it was asked (ms). */
    longestSilenceMs: () =>
      new Promise((resolve) => {
        meter.port.onmessage = ({ data }) => resolve(data)
        meter.port.postMessage(null)
      }),
  }
})()
