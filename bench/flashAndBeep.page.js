// Runs in a page before its own scripts (bench/benches/recording.ts); plain JavaScript. Its camera and microphone are made
// here: a picture that moves all the time, and, for whoever is told so, a white flash and a beep at every even second of
// the machine's clock. With `steady` every picture differs from the one before all over, and a tone never ends, so that any
// picture and any sound that is missing shows. All of it goes the way of a real camera's and microphone's.
;(() => {
  const EVERY_MS = 2000
  const FLASH_MS = 160
  // More than two, so that a picture still differs from the last one when one or two between them were left out.
  const SHADES = [50, 80, 110, 140]
  const { flashes, steady, width, height, framesPerSecond } = window.parleyBench
  const devices = navigator.mediaDevices
  if (!devices) return
  const now = () => performance.timeOrigin + performance.now()

  // Made in a worker, as frames that a camera gives: it costs a page as little as a camera does, and goes on at its pace
  // whatever the page is busy with.
  function camera({ writable, width, height, framesPerSecond, flashes, steady, shades, everyMs, flashMs }) {
    const writer = writable.getWriter()
    const chroma = (width / 2) * (height / 2)
    const pixels = new Uint8Array(width * height + 2 * chroma).fill(128)
    const luma = pixels.subarray(0, width * height)
    const bar = {
      width: Math.round(width / 12),
      top: Math.round(height * 0.4),
      height: Math.round(height * 0.2),
    }
    let drawn = 0
    function draw() {
      const bright = flashes && (performance.timeOrigin + performance.now()) % everyMs < flashMs
      luma.fill(bright ? 235 : shades[steady ? drawn % shades.length : 0])
      const left = (drawn * 8) % (width - bar.width)
      for (let row = bar.top; row < bar.top + bar.height; row += 1)
        luma.fill(170, row * width + left, row * width + left + bar.width)
      drawn += 1
      const timestamp = Math.round(performance.now() * 1000)
      const shape = { format: 'I420', codedWidth: width, codedHeight: height, timestamp }
      void writer.write(new VideoFrame(pixels, shape))
    }
    setInterval(draw, 1000 / framesPerSecond)
  }

  function picture() {
    const generator = new MediaStreamTrackGenerator({ kind: 'video' })
    const { writable } = generator
    const code = `onmessage = ({ data }) => (${camera})(data)`
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })))
    const how = { flashes, steady, width, height, framesPerSecond }
    const told = { ...how, shades: SHADES, everyMs: EVERY_MS, flashMs: FLASH_MS, writable }
    worker.postMessage(told, [writable])
    return [generator]
  }

  function sound() {
    const context = new AudioContext()
    const out = context.createMediaStreamDestination()
    // A graph in which nothing plays makes no samples at all, where a microphone makes silent ones: its sound would be late by
    // what it has left out.
    const silence = new ConstantSourceNode(context, { offset: 0 })
    silence.connect(out)
    silence.start()
    function hum() {
      const tone = new OscillatorNode(context, { frequency: 440 })
      tone.connect(new GainNode(context, { gain: 0.4 })).connect(out)
      tone.start()
    }
    function beep() {
      const waitMs = EVERY_MS - (now() % EVERY_MS)
      const at = context.currentTime + waitMs / 1000
      const tone = new OscillatorNode(context, { frequency: 1000 })
      tone.connect(new GainNode(context, { gain: 0.4 })).connect(out)
      tone.start(at)
      tone.stop(at + 0.1)
      setTimeout(beep, waitMs + EVERY_MS / 2)
    }
    if (flashes) void context.resume().then(beep)
    if (steady) void context.resume().then(hum)
    return out.stream.getAudioTracks()
  }

  let made = null
  devices.getUserMedia = async (wanted) => {
    made ??= { video: picture(), audio: sound() }
    const tracks = [...(wanted.video ? made.video : []), ...(wanted.audio ? made.audio : [])]
    return new MediaStream(tracks.map((track) => track.clone()))
  }

  /** The same picture and sound as recorded where they are made: what of an offset is not the way's. */
  window.recordSource = async (ms) => {
    const stream = await devices.getUserMedia({ video: true, audio: true })
    const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8,opus' })
    const parts = []
    recorder.ondataavailable = ({ data }) => parts.push(data)
    const stopped = new Promise((resolve) => {
      recorder.onstop = resolve
    })
    recorder.start(1000)
    await new Promise((resolve) => setTimeout(resolve, ms))
    recorder.stop()
    await stopped
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer())
    let text = ''
    for (let at = 0; at < bytes.length; at += 32768)
      text += String.fromCharCode(...bytes.subarray(at, at + 32768))
    return btoa(text)
  }
})()
