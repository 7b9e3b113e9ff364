// Runs in a page before its own scripts (flashAndBeep.ts); plain JavaScript. Its camera and microphone are made
// here: a picture that moves all the time, and, for whoever is told so, a white flash and a beep together every two seconds or so.
// With `steady` every picture differs from the one before all over, and a tone never ends, so that any picture and any sound
// that is missing shows. All of it goes the way of a real camera's and microphone's.
;(() => {
  const { flashes, steady, width, height, framesPerSecond } = window.parleyBench
  const devices = navigator.mediaDevices
  if (!devices) return

  // Made in a worker, as frames and samples that devices give: it costs a page as little as they do, and goes on at its pace
  // whatever the page is busy with.
  function make({ pictures, sounds, width, height, framesPerSecond, flashes, steady }) {
    // 49 pictures of 25 a second, so that each flash falls at another place between two pictures of a film of 30 a second. At
    // 2000, which is 60 of those, it is always the same one, and that decides on up to 33 ms of the median.
    const EVERY_MS = 1960
    const FLASH_MS = 160
    const BEEP_MS = 100
    const BLOCK_MS = 10
    const SAMPLES_PER_MS = 48
    // More than two, so that a picture still differs from the last one when one or two between them were left out.
    const SHADES = [50, 80, 110, 140]
    const now = () => performance.timeOrigin + performance.now()
    let flashedAt = Number.NEGATIVE_INFINITY

    function camera() {
      const writer = pictures.getWriter()
      const chroma = (width / 2) * (height / 2)
      const pixels = new Uint8Array(width * height + 2 * chroma).fill(128)
      const luma = pixels.subarray(0, width * height)
      const bar = {
        width: Math.round(width / 12),
        top: Math.round(height * 0.4),
        height: Math.round(height * 0.2),
      }
      let drawn = 0
      let dark = true
      function draw() {
        const at = now()
        const bright = flashes && at % EVERY_MS < FLASH_MS
        if (bright && dark) flashedAt = at
        dark = !bright
        luma.fill(bright ? 235 : SHADES[steady ? drawn % SHADES.length : 0])
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

    function microphone() {
      const writer = sounds.getWriter()
      const began = now()
      const count = BLOCK_MS * SAMPLES_PER_MS
      let blocks = 0
      const tone = (at, hertz) => 0.4 * Math.sin((2 * Math.PI * hertz * at) / 1000)
      function sample(at) {
        if (steady) return tone(at - began, 440)
        return at >= flashedAt && at < flashedAt + BEEP_MS ? tone(at - flashedAt, 1000) : 0
      }
      function record() {
        for (; now() - began >= blocks * BLOCK_MS; blocks += 1) {
          const from = began + blocks * BLOCK_MS
          const data = Float32Array.from({ length: count }, (_, index) =>
            sample(from + index / SAMPLES_PER_MS),
          )
          const shape = {
            format: 'f32',
            sampleRate: 1000 * SAMPLES_PER_MS,
            numberOfFrames: count,
            numberOfChannels: 1,
          }
          const timestamp = Math.round((from - performance.timeOrigin) * 1000)
          void writer.write(new AudioData({ ...shape, timestamp, data }))
        }
      }
      setInterval(record, BLOCK_MS)
    }

    camera()
    microphone()
  }

  function generate() {
    const video = new MediaStreamTrackGenerator({ kind: 'video' })
    const audio = new MediaStreamTrackGenerator({ kind: 'audio' })
    const code = `onmessage = ({ data }) => (${make})(data)`
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })))
    const how = { width, height, framesPerSecond, flashes, steady }
    const ends = { pictures: video.writable, sounds: audio.writable }
    worker.postMessage({ ...how, ...ends }, Object.values(ends))
    return { video, audio }
  }

  let made = null
  devices.getUserMedia = async (wanted) => {
    made ??= generate()
    const tracks = [...(wanted.video ? [made.video] : []), ...(wanted.audio ? [made.audio] : [])]
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
