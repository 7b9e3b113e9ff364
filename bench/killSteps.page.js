// When this page comes how far after the end of a media node (ms since the epoch): the order, our track in the sender that
// waited for it, the first frame of a track that was not shown before. Runs before the page's own scripts; watches only.
;(() => {
  let steps = null
  let shownBefore = new Set()
  const at = (ms = performance.now()) => performance.timeOrigin + ms
  const mark = (name, ms) => {
    if (steps !== null) steps[name] ??= at(ms)
  }

  window.WebSocket = class WebSocket extends window.WebSocket {
    constructor(...args) {
      super(...args)
      this.addEventListener('message', ({ data }) => {
        if (typeof data === 'string' && data.includes('"transport:changed"')) mark('ordered')
      })
    }
  }

  const { replaceTrack } = RTCRtpSender.prototype
  RTCRtpSender.prototype.replaceTrack = async function (track) {
    await replaceTrack.call(this, track)
    if (track?.kind === 'video') mark('sending')
  }

  const pictureOf = (stream) => (stream instanceof MediaStream ? stream.getVideoTracks()[0] : undefined)
  const native = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject')
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...native,
    set(stream) {
      native.set.call(this, stream)
      const track = pictureOf(stream)
      if (steps === null || track === undefined || shownBefore.has(track.id)) return
      mark('attached')
      const onFrame = (_, { receiveTime, presentationTime }) => {
        // The first may be the last that came while the track was held ready: it has no time of receipt.
        if (receiveTime === undefined) return void this.requestVideoFrameCallback(onFrame)
        mark('received', receiveTime)
        mark('presented', presentationTime)
      }
      this.requestVideoFrameCallback(onFrame)
    },
  })

  let blockedMs = 0
  new PerformanceObserver((list) => {
    if (steps === null) return
    for (const { duration } of list.getEntries()) blockedMs += duration
  }).observe({ type: 'longtask' })

  window.parleySteps = {
    start() {
      steps = {}
      blockedMs = 0
      const elements = [...document.querySelectorAll('video')]
      shownBefore = new Set(elements.map(({ srcObject }) => pictureOf(srcObject)?.id))
    },
    end() {
      const found = { ...steps, blockedMs }
      steps = null
      return found
    },
  }
})()
