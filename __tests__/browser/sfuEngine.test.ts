import type { Browser } from 'puppeteer-core'
import type { Source } from '#lib/call/ports.ts'
import { livekitBinary } from '../support/livekitBinary.ts'
import { type BrowserKind, launchBrowser } from './support/launchBrowser.ts'
import { announce, SfuCaller } from './support/SfuCaller.ts'
import { withBrowsers } from './support/stage.ts'
import { type LiveKitServer, startLiveKit } from './support/startLiveKit.ts'
import { type SfuPage, startSfuPage } from './support/startSfuPage.ts'
import { pause, until } from './support/until.ts'

const ON = { microphone: true, camera: true, screen: false }
const SMALL = { width: 320, height: 180 }
const LARGE = { width: 1280, height: 720 }
/** Energy of comfort noise is a billionth. */
const SILENCE = 1e-6

withLiveKit()('SfuEngine on the real server', () => {
  let livekit: LiveKitServer
  let server: SfuPage
  const browsers = new Map<string, Browser>()
  let callers: SfuCaller[] = []
  let room = 0

  beforeAll(async () => {
    livekit = await startLiveKit()
    server = await startSfuPage(livekit)
    const wanted: readonly (readonly [string, BrowserKind])[] = [
      ['ann', 'chromium'],
      ['ben', 'chromium'],
      ['fay', 'firefox'],
    ]
    await Promise.all(
      wanted.map(async ([name, kind]) =>
        browsers.set(name, await launchBrowser(kind, { cameraFramesPerSecond: 10 })),
      ),
    )
  }, 120_000)
  afterAll(async () => {
    await Promise.all([...browsers.values()].map((browser) => browser.close()))
    await server?.close()
    await livekit?.stop()
  }, 30_000)

  beforeEach(() => {
    room += 1
    server.shut = false
  })
  afterEach(async () => {
    const faults = callers.flatMap((caller) => caller.faults)
    await Promise.all(callers.map(({ page }) => page.close()))
    callers = []
    expect(faults.filter((fault) => !/WebSocket|Failed to load resource/.test(fault))).toEqual([])
  }, 30_000)

  async function call(...names: readonly string[]): Promise<SfuCaller[]> {
    callers = await Promise.all(
      names.map((name, index) => SfuCaller.at(browsers.get(name) as Browser, server.url, index + 1)),
    )
    await Promise.all(callers.map((caller) => caller.do('make', `room ${room}`, caller.identity)))
    await announce(...callers)
    return callers
  }

  /** Everybody sends voice and picture, and is in. */
  async function inCall<Name extends readonly string[]>(...names: Name): Promise<SfuCaller[]> {
    const all = await call(...names)
    for (const caller of all) {
      caller.media = ON
      await caller.do('send', 'microphone')
      await caller.do('send', 'camera')
    }
    await announce(...all)
    await Promise.all(all.map((caller) => caller.do('start')))
    return all
  }

  const advances = (from: SfuCaller, to: SfuCaller, source: Source) =>
    until(`${source} of ${from.number} at ${to.number}`, async () => {
      const before = await to.count(from, source)
      await pause(300)
      return (await to.count(from, source)) > before
    })

  const shortSide = async (from: SfuCaller, to: SfuCaller, source: Source = 'camera') =>
    (await to.do('arrivals', from.id))[source]?.shortSidePx

  /** The server may take its time: after a burst it holds a receiver to little, and tries more again ten seconds later. */
  const receives = (from: SfuCaller, to: SfuCaller, px: number) =>
    until(`${px} px of ${from.number} at ${to.number}`, async () => (await shortSide(from, to)) === px, {
      timeoutMs: 60_000,
    })

  /** What was heard within a second and a half; the fake microphones beep once a second. */
  const heard = async (caller: SfuCaller) => {
    const energy = async () =>
      (await caller.do('received')).reduce((sum, { totalAudioEnergy = 0 }) => sum + totalAudioEnergy, 0)
    const before = await energy()
    await pause(1500)
    return (await energy()) - before
  }

  test('[SFU-C1] the client’s code is fetched when asked for, and not before', async () => {
    const [ann] = (await call('ann')) as [SfuCaller]
    expect(await ann.do('loaded')).toBe(false)
    await ann.do('preload')
    expect(await ann.do('loaded')).toBe(true)
  }, 60_000)

  test('[SFU-C10] two Chromiums and a Firefox see and hear each other; cameras leave in three sizes', async () => {
    const all = await inCall('ann', 'ben', 'fay')
    for (const from of all) {
      for (const to of all) {
        if (from === to) continue
        await advances(from, to, 'camera')
        await advances(from, to, 'microphone')
        expect(await to.seen(from)).toMatchObject({ path: 'server', tracks: ['camera', 'microphone'] })
        await until(
          `a level of ${from.number} at ${to.number}`,
          async () => (await to.do('level', from.id)) ?? 0,
        )
      }
    }
    const [ann] = all as [SfuCaller]
    // A layer that nobody watches rests (dynacast), so each is asked for once.
    const layers = new Map<string, number>()
    for (const size of [SMALL, { width: 640, height: 360 }, LARGE]) {
      for (const other of all.slice(1)) await other.do('setVisible', [[ann.id, size]])
      await until(`a picture ${size.height} px high to be sent`, async () => {
        for (const { rid, framesEncoded, frameHeight } of await ann.do('sent')) {
          if (rid !== undefined && framesEncoded > 0) layers.set(rid, frameHeight ?? 0)
        }
        return [...layers.values()].includes(size.height)
      })
    }
    expect(Object.fromEntries(layers)).toEqual({ q: 180, h: 360, f: 720 })
  }, 180_000)

  test('[SFU-C11] what is received follows the tile, and nothing is received of what is not on the screen', async () => {
    const [ann, ben] = (await inCall('ann', 'ben')) as [SfuCaller, SfuCaller]
    await ben.do('setVisible', [[ann.id, SMALL]])
    await receives(ann, ben, 180)
    await ben.do('setVisible', [[ann.id, LARGE]])
    await receives(ann, ben, 720)
    await ben.do('setVisible', [])
    await until('the picture to rest', async () => {
      const before = await ben.count(ann, 'camera')
      await pause(1000)
      return (await ben.count(ann, 'camera')) === before
    })
    await advances(ann, ben, 'microphone')
    expect((await ben.seen(ann))?.quality).toBe('good')
    await ben.do('setVisible', [[ann.id, SMALL]])
    await receives(ann, ben, 180)
    await advances(ann, ben, 'camera')
  }, 240_000)

  test.each(['ben', 'fay'])(
    '[SFU-C22] at %s a picture is asked to wait as long as its sound',
    async (name) => {
      const [ann, other] = (await inCall('ann', name)) as [SfuCaller, SfuCaller]
      await advances(ann, other, 'camera')
      await until('a picture that waits', async () =>
        (await other.do('waits')).some((wait) => (wait ?? 0) > 0),
      )
    },
    120_000,
  )

  test('[SFU-C12] a track that is muted when it is published stays muted, and speaks when its owner lets it', async () => {
    const [ann, ben] = (await call('ann', 'ben')) as [SfuCaller, SfuCaller]
    ann.media = { ...ON, camera: false }
    await announce(ann, ben)
    await ann.do('send', 'microphone')
    await ann.do('enable', 'microphone', false)
    await Promise.all([ann.do('start'), ben.do('start')])
    await until('packets of silence', async () => (await ben.count(ann, 'microphone')) > 0)
    expect(await heard(ben)).toBeLessThan(SILENCE)
    expect(await ann.do('own')).toEqual({ microphone: { readyState: 'live', enabled: false } })
    await ann.do('enable', 'microphone', true)
    await until('a voice', async () => (await heard(ben)) > SILENCE)
    await until('a level', async () => ((await ben.do('level', ann.id)) ?? 0) > 0)
    await ann.do('enable', 'microphone', false)
    await until('silence', async () => (await heard(ben)) < SILENCE)
    expect(await ann.do('own')).toEqual({ microphone: { readyState: 'live', enabled: false } })
  }, 120_000)

  test('[SFU-C8] a host’s mute holds on the server, touches no track, and ends when one speaks again', async () => {
    const [ann, ben] = (await inCall('ann', 'ben')) as [SfuCaller, SfuCaller]
    await until('a voice', async () => (await heard(ben)) > SILENCE)
    await livekit.mute(`room ${room}`, ann.identity)
    await until('silence', async () => (await heard(ben)) < SILENCE)
    expect((await ann.do('own')).microphone).toEqual({ readyState: 'live', enabled: true })
    ann.media = { ...ON, microphone: false }
    await announce(ann, ben)
    ann.media = ON
    await announce(ann, ben)
    await until('a voice again', async () => (await heard(ben)) > SILENCE)
  }, 120_000)

  test.each([
    // The third of Chromium's fake cameras; Firefox has one, opened twice.
    ['Chromium', 'ann', 2],
    ['Firefox', 'fay', 0],
  ])(
    '[SFU-C13] in %s the camera goes off, comes back, and is exchanged for another',
    async (_, name, device) => {
      const [ann, ben] = (await inCall(name, 'ben')) as [SfuCaller, SfuCaller]
      await advances(ann, ben, 'camera')
      await ann.do('unsend', 'camera')
      await until('no more pictures', async () => {
        const before = await ben.count(ann, 'camera')
        await pause(500)
        return (await ben.count(ann, 'camera')) === before
      })
      await ann.do('send', 'camera')
      await advances(ann, ben, 'camera')
      await ann.do('send', 'camera', device)
      await advances(ann, ben, 'camera')
      expect((await ann.do('own')).camera).toEqual({ readyState: 'live', enabled: true })
    },
    120_000,
  )

  test('[SFU-C13] a larger camera gets the layers that the smaller one did not need', async () => {
    const [ann, ben] = (await call('ann', 'ben')) as [SfuCaller, SfuCaller]
    ann.media = { ...ON, microphone: false }
    await announce(ann, ben)
    await ann.do('send', 'camera', 0, 320)
    await Promise.all([ann.do('start'), ben.do('start')])
    await ben.do('setVisible', [[ann.id, LARGE]])
    await receives(ann, ben, 180)
    // Another one: Chromium opens a camera once, at its first size.
    await ann.do('send', 'camera', 2, 1280)
    await receives(ann, ben, 720)
    await ben.do('setVisible', [[ann.id, SMALL]])
    await receives(ann, ben, 180)
  }, 240_000)

  test('[SFU-C14] a screen is shared with its sound, ends, and is shared again', async () => {
    const [ann, ben] = (await inCall('ann', 'ben')) as [SfuCaller, SfuCaller]
    for (let round = 0; round < 2; round += 1) {
      ann.media = { ...ON, screen: true }
      await announce(ann, ben)
      await ann.do('send', 'screen')
      await advances(ann, ben, 'screen')
      await advances(ann, ben, 'screenAudio')
      expect((await ben.seen(ann))?.tracks).toEqual(['camera', 'microphone', 'screen', 'screenAudio'])
      ann.media = ON
      await announce(ann, ben)
      await ann.do('unsend', 'screen')
      await ann.do('unsend', 'screenAudio')
      await until('the share to be gone', async () => (await ben.count(ann, 'screen')) === 0)
      await advances(ann, ben, 'camera')
    }
  }, 120_000)

  test('[SFU-C15] with VP9 one picture leaves in layers, and the tile is followed all the same', async () => {
    const [ann, ben] = (await call('ann', 'ben')) as [SfuCaller, SfuCaller]
    await ann.do('make', `room ${room}`, ann.identity, { videoCodec: 'vp9' })
    ann.media = { ...ON, microphone: false }
    await announce(ann, ben)
    await ann.do('send', 'camera')
    await Promise.all([ann.do('start'), ben.do('start')])
    await ben.do('setVisible', [[ann.id, SMALL]])
    await receives(ann, ben, 180)
    await ben.do('setVisible', [[ann.id, LARGE]])
    await receives(ann, ben, 720)
    const pictures = (await ann.do('sent')).filter(({ kind }) => kind === 'video')
    expect(pictures.map(({ scalabilityMode }) => scalabilityMode)).toEqual(['L3T3_KEY'])
  }, 120_000)

  test('[SFU-C16] signalling that breaks is resumed, and media does not stop for it', async () => {
    const [ann, ben] = (await inCall('ann', 'ben')) as [SfuCaller, SfuCaller]
    await advances(ann, ben, 'camera')
    const passes = server.passes
    server.cut()
    await advances(ann, ben, 'camera')
    ann.media = { ...ON, screen: true }
    await announce(ann, ben)
    await ann.do('send', 'screen')
    await advances(ann, ben, 'screen')
    expect(server.passes).toBe(passes)
    expect((await ben.do('state')).link).toBe('running')
  }, 120_000)

  test('[SFU-C17] a server that lost the room is entered again', async () => {
    const [ann, ben] = (await inCall('ann', 'ben')) as [SfuCaller, SfuCaller]
    await advances(ann, ben, 'camera')
    await livekit.kill()
    await livekit.restart()
    await until('both to see each other again', async () => {
      const paths = [await ann.seen(ben), await ben.seen(ann)].map((seen) => seen?.tracks.length)
      return paths.every((count) => count === 2)
    })
    await advances(ann, ben, 'camera')
    await advances(ben, ann, 'microphone')
    expect(await ann.do('own')).toMatchObject({ camera: { readyState: 'live', enabled: true } })
  }, 120_000)

  test('[SFU-C18] whom the door refuses is lost, and keeps the tracks', async () => {
    const [ann, ben] = (await inCall('ann', 'ben')) as [SfuCaller, SfuCaller]
    await advances(ann, ben, 'camera')
    server.shut = true
    await livekit.kill()
    await until('the link to be lost', async () => (await ann.do('state')).link === 'lost')
    expect((await ann.do('state')).participants).toEqual({})
    expect(await ann.do('connections')).toBe(0)
    expect(await ann.do('own')).toMatchObject({ microphone: { readyState: 'live', enabled: true } })
    await livekit.restart()
  }, 120_000)

  test('[SFU-C19] closing leaves the room, nothing behind, and the tracks as they were', async () => {
    const [ann, ben] = (await inCall('ann', 'ben')) as [SfuCaller, SfuCaller]
    await advances(ann, ben, 'camera')
    await ann.do('close')
    await ann.do('close')
    expect(await ann.do('connections')).toBe(0)
    expect(await ann.do('own')).toEqual({
      microphone: { readyState: 'live', enabled: true },
      camera: { readyState: 'live', enabled: true },
    })
    await until('the other to miss them', async () => (await ben.seen(ann))?.path === 'connecting')
  }, 120_000)

  test('[SFU-C20] a start that is broken off rejects, and leaves nothing behind', async () => {
    const [ann] = (await call('ann')) as [SfuCaller]
    await ann.do('send', 'camera')
    const starting = ann.do('start').then(
      () => 'started',
      (error: Error) => error.message,
    )
    await ann.do('abort')
    expect(await starting).toMatch(/abort/i)
    expect((await ann.do('state')).link).toBe('closed')
    await until('no connection', async () => (await ann.do('connections')) === 0)
    expect(await ann.do('own')).toEqual({ camera: { readyState: 'live', enabled: true } })
  }, 60_000)
})

/** A machine without the media server says so; under CI that is a failure, not a skip. */
function withLiveKit(): typeof describe | typeof describe.skip {
  const described = withBrowsers('chromium', 'firefox')
  if (livekitBinary() !== null) return described
  if (process.env.CI === 'true') throw new Error('not installed: livekit-server')
  console.warn('skipped: livekit-server not installed')
  return describe.skip
}
