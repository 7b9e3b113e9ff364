// How old the pictures are that this page shows of others. Its own camera draws the machine's clock as black and white
// bars, and each picture on the screen is read. Runs before the page's own scripts; plain JavaScript.
;(() => {
  const TICK_MS = 8
  const BITS = 12
  /** A white bar, the bits, a black bar. */
  const BARS = BITS + 2
  const WIDTH = 640
  const HEIGHT = 360
  const FRAMES_PER_SECOND = 20
  const devices = navigator.mediaDevices
  if (!devices) return
  const now = () => performance.timeOrigin + performance.now()
  const ticksNow = () => Math.floor(now() / TICK_MS) % 2 ** BITS

  function clockTrack() {
    const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT })
    const context = canvas.getContext('2d')
    const track = canvas.captureStream(0).getVideoTracks()[0]
    setInterval(() => {
      const ticks = ticksNow()
      for (let bar = 0; bar < BARS; bar += 1) {
        const white = bar === 0 || (bar <= BITS && ((ticks >> (bar - 1)) & 1) === 1)
        context.fillStyle = white ? '#fff' : '#000'
        context.fillRect((bar * WIDTH) / BARS, 0, WIDTH / BARS + 1, HEIGHT)
      }
      track.requestFrame()
    }, 1000 / FRAMES_PER_SECOND)
    return track
  }

  const getUserMedia = devices.getUserMedia.bind(devices)
  let made = null
  devices.getUserMedia = async ({ audio, video }) => {
    const sound = audio ? (await getUserMedia({ audio })).getTracks() : []
    if (video) made ??= clockTrack()
    return new MediaStream(video ? [...sound, made.clone()] : sound)
  }

  const small = Object.assign(document.createElement('canvas'), { width: BARS * 4, height: 4 })
  const reading = small.getContext('2d', { willReadFrequently: true })
  /** Null for a picture that shows no clock. */
  function ageOf(video, at) {
    reading.drawImage(video, 0, 0, small.width, small.height)
    const { data } = reading.getImageData(0, 2, small.width, 1)
    const bars = Array.from({ length: BARS }, (_, bar) => data[(bar * 4 + 2) * 4] > 127)
    if (!bars[0] || bars[BARS - 1]) return null
    const ticks = bars.slice(1, -1).reduce((sum, white, bit) => sum + (white ? 2 ** bit : 0), 0)
    const passed = (Math.floor(at / TICK_MS) - ticks + 2 ** BITS) % 2 ** BITS
    return passed * TICK_MS
  }

  let seen = []
  const isShown = (video) => Number(getComputedStyle(video).opacity) > 0.05 && video.clientWidth > 1
  const native = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject')
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...native,
    set(stream) {
      native.set.call(this, stream)
      if (!(stream && this instanceof HTMLVideoElement)) return
      const onFrame = (at) => {
        if (this.srcObject !== stream) return
        const own = this.closest('[data-path="self"]') !== null
        const age = own || !isShown(this) ? null : ageOf(this, performance.timeOrigin + at)
        if (age !== null) seen.push({ track: stream.getVideoTracks()[0]?.id ?? '', age })
        this.requestVideoFrameCallback(onFrame)
      }
      this.requestVideoFrameCallback(onFrame)
    },
  })

  /** Of all pictures shown since it was asked last, in order: whose track, and how old (ms). */
  window.parleyPictureAges = () => {
    const all = seen
    seen = []
    return all
  }
})()
