// Runs in a page before its own scripts (bench/benches/recording.ts); plain JavaScript. Its camera and microphone are made
// here: a picture that moves all the time, and, for whoever is told so, a white flash and a beep at every even second of
// the machine's clock. With `steady` every picture differs from the one before all over, and a tone never ends, so that any
// picture and any sound that is missing shows. All of it goes the way of a real camera's and microphone's.
;(() => {
  const EVERY_MS = 2000
  const FLASH_MS = 160
  // More than two, so that a picture still differs from the last one when one or two between them were left out.
  const SHADES = ['#202830', '#404850', '#606870', '#808890']
  const { flashes, steady, width, height, framesPerSecond } = window.parleyBench
  const devices = navigator.mediaDevices
  if (!devices) return
  const now = () => performance.timeOrigin + performance.now()

  function picture() {
    const canvas = Object.assign(document.createElement('canvas'), { width, height })
    const context = canvas.getContext('2d')
    let drawn = 0
    function draw() {
      const bright = flashes && now() % EVERY_MS < FLASH_MS
      const dark = SHADES[steady ? drawn % SHADES.length : 0]
      context.fillStyle = bright ? '#fff' : dark
      context.fillRect(0, 0, width, height)
      context.fillStyle = '#a0b0c0'
      context.fillRect((drawn * 8) % width, height * 0.4, width / 12, height * 0.2)
      drawn += 1
    }
    draw()
    // A worker's timer: a page in the background must not draw once a second.
    const tick = `setInterval(() => postMessage(0), ${1000 / framesPerSecond})`
    const worker = new Worker(URL.createObjectURL(new Blob([tick], { type: 'text/javascript' })))
    worker.onmessage = draw
    return canvas.captureStream(framesPerSecond).getVideoTracks()
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
