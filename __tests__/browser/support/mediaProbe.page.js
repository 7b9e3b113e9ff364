// Runs in the page before its own scripts (see mediaProbe.ts), in Chromium and in Firefox; plain JavaScript, because a
// transpiler's helpers do not exist there. Watches; changes nothing that the page could notice (but for `restartIce`).
;(() => {
  const connections = []
  const remoteTracks = new Map()
  const linkOf = new Map()
  const probe = {
    joinClickedAt: null,
    firstRemoteFrameAt: null,
    firstFrameAt: null,
    reconnectedAt: null,
    layoutShift: 0,
    shifted: [],
    violations: [],
    connectionsMade: 0,
  }
  // What became of each connection, for whoever reads why a wait was in vain.
  const history = []
  const note = (number, text) => history.push(`${Math.round(performance.now())} #${number} ${text}`)
  const iceUser = (description) => /a=ice-ufrag:(\S+)/.exec(description?.sdp ?? '')?.[1]
  const said = (description) => `${description.type} ${iceUser(description)}`
  const open = () => connections.filter(({ signalingState }) => signalingState !== 'closed')

  const Native = window.RTCPeerConnection
  if (Native) {
    window.RTCPeerConnection = class RTCPeerConnection extends Native {
      constructor(...args) {
        super(...args)
        connections.push(this)
        probe.connectionsMade += 1
        const number = probe.connectionsMade
        this.addEventListener('track', (event) => remoteTracks.set(event.track.id, this))
        this.addEventListener('signalingstatechange', () => {
          const { localDescription, remoteDescription } = this
          const both = [localDescription, remoteDescription].map((one) => one && said(one)).join(', ')
          note(number, `${this.signalingState} ${both}`)
        })
        this.addEventListener('iceconnectionstatechange', () =>
          note(number, `ice ${this.iceConnectionState}`),
        )
        this.addEventListener('connectionstatechange', () => note(number, this.connectionState))
        this.addEventListener('icecandidate', ({ candidate }) =>
          note(number, candidate?.candidate ?? 'all candidates'),
        )
      }
    }
  }

  // From the click on a button that joins to the first remote frame presented.
  document.addEventListener(
    'click',
    (event) => {
      const button = event.target instanceof Element ? event.target.closest('button') : null
      if (
        button &&
        /join/i.test(button.textContent + (button.getAttribute('aria-label') ?? '')) &&
        probe.firstRemoteFrameAt === null
      )
        probe.joinClickedAt = performance.now()
    },
    true,
  )

  // What a person sees and hears of each other person, whichever track or connection it comes from.
  let tileWatch = null
  function frameInTile(video, at, presented) {
    const id = video.closest('[data-participant-id]')?.getAttribute('data-participant-id')
    if (tileWatch === null || !id || !remoteTracks.has(videoTrackOf(video)?.id) || !shown(video)) return
    const before = tileWatch.last.get(id) ?? { at: tileWatch.startedAt, video: null }
    const unseen = before.video === video ? framesSince(before.presented, presented) : 1
    tileWatch.gaps.set(id, Math.max(tileWatch.gaps.get(id) ?? 0, (at - before.at) / unseen))
    tileWatch.last.set(id, { at, video, presented })
    tileWatch.seen.set(id, video)
  }
  // A page that is busy is called back for the last of several frames, but the browser has shown and counted them all.
  // When it showed those in between it does not say: they are taken as evenly spaced.
  const framesSince = (before, now) => Math.max(1, now - before || 1)
  function lookAtTiles() {
    if (tileWatch === null) return
    for (const tile of tiles()) {
      const video = [...tile.querySelectorAll('video')].find(
        (one) => shown(one) && one.readyState >= 2 && remoteTracks.has(videoTrackOf(one)?.id),
      )
      const id = tile.getAttribute('data-participant-id')
      // Uncovered with a frame that it already had: that is a new picture too.
      if (video && tileWatch.seen.get(id) !== video) frameInTile(video, performance.now())
    }
    const heard = [...document.querySelectorAll('audio')].filter(
      (one) => !one.muted && !one.paused && (one.srcObject?.getAudioTracks().length ?? 0) > 0,
    ).length
    tileWatch.leastHeard = Math.min(tileWatch.leastHeard, heard)
    tileWatch.mostHeard = Math.max(tileWatch.mostHeard, heard)
    const order = tiles()
      .map((one) => one.getAttribute('data-participant-id'))
      .join()
    tileWatch.orders.add(order)
    setTimeout(lookAtTiles, 10)
  }

  const watched = new WeakSet()
  let resting = false
  const gaps = new Map()
  const videoTrackOf = (video) =>
    video.srcObject instanceof MediaStream ? (video.srcObject.getVideoTracks()[0] ?? null) : null
  function watch(video) {
    if (resting || watched.has(video) || !video.requestVideoFrameCallback) return
    watched.add(video)
    let last = null
    const onFrame = (now, metadata) => {
      const presented = metadata?.presentedFrames
      const at = metadata?.presentationTime ?? now
      const track = videoTrackOf(video)
      const remote = track !== null && remoteTracks.has(track.id)
      if (probe.firstFrameAt === null) probe.firstFrameAt = now
      frameInTile(video, at, presented)
      // The page may uncover it for this very frame, in a callback after this one and before it is drawn.
      if (!shown(video)) requestAnimationFrame(() => frameInTile(video, now, presented))
      if (remote) {
        if (probe.firstRemoteFrameAt === null && video.clientWidth > 0) probe.firstRemoteFrameAt = now
        if (last !== null && gaps.has(track.id)) {
          const gap = (at - last.at) / framesSince(last.presented, presented)
          gaps.set(track.id, Math.max(gaps.get(track.id), gap))
        }
        last = { at, presented }
      }
      if (!resting) video.requestVideoFrameCallback(onFrame)
    }
    video.requestVideoFrameCallback(onFrame)
  }
  const descriptor = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject')
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...descriptor,
    set(value) {
      descriptor.set.call(this, value)
      if (value && this instanceof HTMLVideoElement) watch(this)
    },
  })

  document.addEventListener('securitypolicyviolation', (event) => {
    const text = `${event.effectiveDirective} blocked ${event.blockedURI} at ${event.sourceFile ?? ''}:${event.lineNumber}`
    probe.violations.push(text)
    console.debug(`parley-probe violation ${text}`)
  })
  // The worst session window (web.dev "Cumulative Layout Shift"): shifts less than a second apart, five seconds at most. A
  // tile's name goes with its tile whenever somebody leaves; over a long call that adds up and disturbs nobody.
  const burst = { value: 0, startedAt: Number.NEGATIVE_INFINITY, lastAt: Number.NEGATIVE_INFINITY }
  try {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue
        const at = entry.startTime
        const goesOn = at - burst.lastAt < 1000 && at - burst.startedAt < 5000
        Object.assign(
          burst,
          goesOn ? { value: burst.value + entry.value } : { value: entry.value, startedAt: at },
        )
        burst.lastAt = at
        probe.layoutShift = Math.max(probe.layoutShift, burst.value)
        for (const { node } of entry.sources)
          probe.shifted.push(node?.outerHTML?.slice(0, 120) ?? node?.textContent)
      }
    }).observe({ type: 'layout-shift', buffered: true })
  } catch {}

  const nameOf = (element) => {
    const ids = element.getAttribute('aria-labelledby')
    const text = ids
      ? ids
          .split(/\s+/)
          .map((id) => document.getElementById(id)?.textContent ?? '')
          .join(' ')
      : (element.getAttribute('aria-label') ?? element.textContent ?? '')
    return text.trim()
  }
  const tiles = () =>
    [...document.querySelectorAll('[data-participant-id]')].filter((one) => one.getClientRects().length > 0)
  const tileOf = (name) => tiles().find((one) => nameOf(one).includes(name)) ?? null
  const shown = (video) => {
    const box = video.getBoundingClientRect()
    const style = getComputedStyle(video)
    return box.width > 1 && box.height > 1 && style.visibility !== 'hidden' && Number(style.opacity) > 0.05
  }

  async function inboundOf(connection) {
    const found = []
    for (const stat of (await connection.getStats()).values()) {
      if (stat.type !== 'inbound-rtp') continue
      found.push({
        kind: stat.kind ?? stat.mediaType,
        mid: stat.mid ?? null,
        track: stat.trackIdentifier ?? null,
        bytes: stat.bytesReceived ?? 0,
        frames: stat.framesDecoded ?? 0,
        width: stat.frameWidth ?? 0,
        energy: stat.totalAudioEnergy ?? 0,
        samples: (stat.totalSamplesReceived ?? 0) - (stat.concealedSamples ?? 0),
        concealed: stat.concealedSamples ?? 0,
        packets: stat.packetsReceived ?? 0,
      })
    }
    return found
  }

  /** WebRTC counts the samples of Opus at 48 kHz. */
  const SAMPLES_PER_MS = 48
  let concealedBefore = 0
  async function concealed() {
    const live = connections.filter((one) => one.connectionState !== 'closed')
    const found = (await Promise.all(live.map(inboundOf))).flat()
    return found.reduce((sum, one) => sum + (one.kind === 'audio' ? one.concealed : 0), 0)
  }

  // When signalling came back, as the page itself says it: `data-call-state` is "inCall" again after "reconnecting".
  let lastCallState = null
  new MutationObserver(() => {
    const state = document.querySelector('[data-call-state]')?.getAttribute('data-call-state') ?? null
    if (state === lastCallState) return
    if (lastCallState === 'reconnecting' && state === 'inCall')
      probe.reconnectedAt = performance.timeOrigin + performance.now()
    if (state === 'reconnecting') probe.reconnectedAt = null
    lastCallState = state
  }).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['data-call-state'],
  })

  Object.assign(probe, {
    connectionHistory: () => [...history],
    connectionStates: () => connections.map((one) => one.connectionState),
    iceUsers: () =>
      open().map(({ currentLocalDescription, currentRemoteDescription }) =>
        [currentLocalDescription, currentRemoteDescription].map(iceUser).join(),
      ),
    restartIce() {
      for (const connection of open()) connection.restartIce()
    },

    /** What all live connections have received and sent so far; streams by their id. */
    async traffic() {
      const live = connections.filter((one) => one.connectionState !== 'closed')
      const stats = (await Promise.all(live.map((one) => one.getStats()))).flatMap((one) => [...one.values()])
      return {
        streams: stats
          .filter((one) => one.type === 'inbound-rtp')
          .map(({ id, kind, packetsReceived, framesDecoded, frameWidth }) => ({
            id,
            kind,
            packets: packetsReceived ?? 0,
            frames: framesDecoded ?? 0,
            width: frameWidth ?? 0,
          })),
        bytesSent: stats.reduce(
          (sum, one) => sum + (one.type === 'candidate-pair' ? (one.bytesSent ?? 0) : 0),
          0,
        ),
      }
    },

    /** What this page receives from the person whose tile bears `name`; null without such a tile. */
    async participant(name) {
      const tile = tileOf(name)
      if (!tile) return null
      const id = tile.getAttribute('data-participant-id')
      const video = [...tile.querySelectorAll('video')].find((one) => shown(one) && videoTrackOf(one)) ?? null
      const track = video ? videoTrackOf(video) : null
      const connection = track ? remoteTracks.get(track.id) : undefined
      if (connection) linkOf.set(id, connection)
      const link = linkOf.get(id)
      const inbound = link && link.connectionState !== 'closed' ? await inboundOf(link) : []
      const receiver =
        track && link ? link.getReceivers().find((one) => one.track.id === track.id) : undefined
      const mid = receiver ? link.getTransceivers().find((one) => one.receiver === receiver)?.mid : null
      const picture = inbound.find(
        (one) =>
          one.kind === 'video' &&
          (mid != null && one.mid != null ? one.mid === mid : one.track === track?.id),
      )
      const sounds = inbound.filter((one) => one.kind === 'audio')
      const sum = (key) => sounds.reduce((total, one) => total + one[key], 0)
      return {
        id,
        name: nameOf(tile),
        order: tiles().indexOf(tile),
        path: tile.getAttribute('data-path'),
        video: video !== null && video.readyState >= 2 && video.videoWidth > 2,
        remote: connection !== undefined,
        frames: picture?.frames ?? 0,
        width: picture?.width ?? 0,
        energy: sum('energy'),
        samples: sum('samples'),
        concealed: sum('concealed'),
        packets: sum('packets'),
      }
    },
    /** How many pictures on the screen come over that person's connection: camera and screen. */
    async picturesOf(name) {
      await probe.participant(name)
      const link = linkOf.get(tileOf(name)?.getAttribute('data-participant-id'))
      return [...document.querySelectorAll('video')].filter((one) => {
        const track = videoTrackOf(one)
        return (
          track !== null &&
          link !== undefined &&
          remoteTracks.get(track.id) === link &&
          shown(one) &&
          one.readyState >= 2
        )
      }).length
    },
    // biome-ignore lint/performance/useDomNodeTextContent: what a person reads, so without what is hidden
    text: () => document.body.innerText.trim(),
    participants: () =>
      tiles().map((one) => ({
        id: one.getAttribute('data-participant-id'),
        name: nameOf(one),
        path: one.getAttribute('data-path'),
      })),
    call: () => {
      const element = document.querySelector('[data-call-state]')
      return (
        element && {
          state: element.getAttribute('data-call-state'),
          transport: element.getAttribute('data-transport'),
        }
      )
    },
    /** Round-trip time of the media paths in ms, as ICE measured it. */
    async roundTripMs() {
      const found = []
      for (const one of connections) {
        if (one.connectionState === 'closed') continue
        for (const stat of (await one.getStats()).values())
          if (stat.type === 'candidate-pair' && stat.nominated && stat.currentRoundTripTime !== undefined)
            found.push(stat.currentRoundTripTime * 1000)
      }
      return found
    },
    forgetShifts() {
      Object.assign(burst, { value: 0, lastAt: Number.NEGATIVE_INFINITY })
      Object.assign(probe, { layoutShift: 0, shifted: [] })
    },
    rest() {
      resting = true
    },
    async startGaps() {
      gaps.clear()
      for (const id of remoteTracks.keys()) gaps.set(id, 0)
      concealedBefore = await concealed()
    },
    startTileWatch: () => {
      const startedAt = performance.now()
      tileWatch = {
        startedAt,
        gaps: new Map(),
        last: new Map(),
        seen: new Map(),
        orders: new Set(),
        leastHeard: Infinity,
        mostHeard: 0,
      }
      lookAtTiles()
    },
    /** Since startTileWatch(): per tile the longest time without a new picture (ms), how many people were heard at once. */
    endTileWatch() {
      const { gaps, last, orders, leastHeard, mostHeard } = tileWatch
      const now = performance.now()
      const longest = tiles().flatMap((one) => {
        const id = one.getAttribute('data-participant-id')
        if (one.getAttribute('data-path') === 'self') return []
        return [Math.max(gaps.get(id) ?? Infinity, now - (last.get(id)?.at ?? 0))]
      })
      tileWatch = null
      return { longest, orders: orders.size, leastHeard, mostHeard }
    },
    /** How much of the others' sound (ms) was made up since startGaps(), because it was not there when it was due. */
    concealedMs: async () => ((await concealed()) - concealedBefore) / SAMPLES_PER_MS,
    /** Longest interval between two presented frames (ms) of each remote picture since startGaps(). */
    longestGaps: () => [...gaps.values()].filter((gap) => gap > 0),
    async localVideo() {
      const video = [...document.querySelectorAll('video')].find(
        (one) => shown(one) && videoTrackOf(one) && !remoteTracks.has(videoTrackOf(one).id),
      )
      if (!video) return null
      const { width, height, frameRate, deviceId } = videoTrackOf(video).getSettings()
      const box = video.getBoundingClientRect()
      return {
        width,
        height,
        frameRate,
        deviceId,
        shownWidth: Math.round(box.width),
        shownHeight: Math.round(box.height),
      }
    },
    /** ms that the page has asked pictures or sounds that arrive to wait for, the longest; null where browsers cannot be asked. */
    heldBackMs: () =>
      'jitterBufferTarget' in RTCRtpReceiver.prototype
        ? Math.max(0, ...open().flatMap((one) => one.getReceivers().map((it) => it.jitterBufferTarget ?? 0)))
        : null,
    /** What each live connection sends: the deviceId and the state of its tracks. */
    sending: () =>
      connections
        .filter((one) => one.connectionState !== 'closed')
        .map((one) =>
          one.getSenders().flatMap((sender) => {
            if (!sender.track) return []
            const { deviceId } = sender.track.getSettings()
            return [
              {
                kind: sender.track.kind,
                deviceId,
                label: sender.track.label,
                enabled: sender.track.enabled,
                state: sender.track.readyState,
              },
            ]
          }),
        ),
  })
  window.parleyProbe = probe
  // tsx (esbuild) wraps named functions in this helper; code handed to evaluate() may carry the call.
  globalThis.__name ??= (target) => target
})()
