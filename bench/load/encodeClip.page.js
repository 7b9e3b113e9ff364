// Runs in a page: a moving picture as VP8, encoded by the browser as it would encode a camera, in an IVF file.
;(() => {
  const HEAD = 32
  const FRAME_HEAD = 12

  function draw(context, width, height, at) {
    const sky = context.createLinearGradient(0, 0, width, height)
    sky.addColorStop(0, `hsl(${at % 360} 60% 40%)`)
    sky.addColorStop(1, `hsl(${(at + 120) % 360} 60% 60%)`)
    context.fillStyle = sky
    context.fillRect(0, 0, width, height)
    for (let blob = 0; blob < 40; blob += 1) {
      const x = (0.5 + 0.45 * Math.sin(at / 30 + blob * 1.7)) * width
      const y = (0.5 + 0.45 * Math.cos(at / 23 + blob * 2.3)) * height
      context.fillStyle = `hsl(${blob * 40} 70% ${30 + ((at + blob * 11) % 50)}%)`
      context.beginPath()
      context.arc(x, y, (width / 30) * (1 + (blob % 4)), 0, 2 * Math.PI)
      context.fill()
    }
  }

  /** @returns the file in base64 */
  window.encodeClip = async ({ width, height, bitrate, framesPerSecond, seconds, keyFrameEvery }) => {
    const parts = []
    let failure = null
    const encoder = new VideoEncoder({
      output: (chunk) => {
        const frame = new Uint8Array(FRAME_HEAD + chunk.byteLength)
        const view = new DataView(frame.buffer)
        view.setUint32(0, chunk.byteLength, true)
        view.setBigUint64(4, BigInt(parts.length), true)
        chunk.copyTo(frame.subarray(FRAME_HEAD))
        parts.push(frame)
      },
      error: (error) => {
        failure = error
      },
    })
    encoder.configure({
      codec: 'vp8',
      width,
      height,
      bitrate,
      framerate: framesPerSecond,
      latencyMode: 'realtime',
    })
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    for (let at = 0; at < framesPerSecond * seconds; at += 1) {
      draw(context, width, height, at)
      const frame = new VideoFrame(canvas, { timestamp: (at * 1e6) / framesPerSecond })
      encoder.encode(frame, { keyFrame: at % keyFrameEvery === 0 })
      frame.close()
      // An encoder that hurries drops frames.
      while (encoder.encodeQueueSize > 2) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await encoder.flush()
    if (failure) throw failure
    const head = new Uint8Array(HEAD)
    const view = new DataView(head.buffer)
    head.set([...'DKIF'].map((letter) => letter.charCodeAt(0)))
    view.setUint16(6, HEAD, true)
    head.set(
      [...'VP80'].map((letter) => letter.charCodeAt(0)),
      8,
    )
    view.setUint16(12, width, true)
    view.setUint16(14, height, true)
    view.setUint32(16, framesPerSecond, true)
    view.setUint32(20, 1, true)
    view.setUint32(24, parts.length, true)
    const bytes = new Uint8Array(await new Blob([head, ...parts]).arrayBuffer())
    let text = ''
    for (let at = 0; at < bytes.length; at += 8192)
      text += String.fromCharCode(...bytes.subarray(at, at + 8192))
    return btoa(text)
  }
})()
