import type { Source } from '#lib/call/ports.ts'
import { settle } from '../../../support/FakeClock.ts'
import { fakeTrack } from '../../../support/FakePeerConnection.ts'
import { FakeSfuRoom } from '../../../support/FakeSfu.ts'
import { idOf, instanceOf, participantOf } from '../../../support/meshRoom.ts'
import { type SfuPerson, SfuTestRoom } from '../../../support/sfuRoom.ts'

const ON = { microphone: true, camera: true, screen: false }
const SMALL = { width: 160, height: 90 }

/** Two people of whom the roster says that microphone and camera are on; the second one sends both. */
async function twoIn() {
  const room = new SfuTestRoom()
  const [ann, ben] = [room.person(1), room.person(2)]
  await room.publish(participantOf(1), participantOf(2, { media: ON }))
  const [voice, face] = [fakeTrack('audio', 'voice'), fakeTrack('video', 'face')]
  await ben.engine.setTrack('microphone', voice)
  await ben.engine.setTrack('camera', face)
  await Promise.all([ann.engine.start(), ben.engine.start()])
  await room.settle()
  return { room, ann, ben, voice, face }
}

const seen = (person: SfuPerson, number: number) => person.engine.state.get().participants.get(idOf(number))
const wanted = (person: SfuPerson, other: SfuPerson, source: Source = 'camera') =>
  person.stay.wanted.get(`${other.identity} ${source}`)

describe('SfuEngine: who is there', () => {
  test('[SFU-C2] only those count whom the roster names, with that page load', async () => {
    const { room, ann, ben } = await twoIn()
    const stranger = new FakeSfuRoom(room.sfu, { onChange: () => undefined, onLost: () => undefined })
    await stranger.connect('', 'somebody else')
    await stranger.send('camera', fakeTrack('video', 'strange'))
    await room.settle()
    expect([...ann.engine.state.get().participants.keys()]).toEqual([ben.id])
    expect(Object.keys(seen(ann, 2)?.tracks ?? {})).toEqual(['microphone', 'camera'])
    await room.change(ben.id, { instanceId: instanceOf(52) })
    expect(seen(ann, 2)).toEqual({ path: 'connecting', quality: 'good', tracks: {} })
    await room.change(ben.id, { connected: false })
    expect(seen(ann, 2)?.path).toBe('lost')
  })

  test('[SFU-C2] without a roster nobody is shown', async () => {
    const { ann } = await twoIn()
    ann.roster.set(null)
    expect(ann.engine.state.get().participants.size).toBe(0)
  })

  test('[SFU-C9] quality is the worse of what the SFU says and what arrives', async () => {
    const { room, ann, ben } = await twoIn()
    ben.stay.quality = 'poor'
    room.sfu.tell()
    expect(seen(ann, 2)).toMatchObject({ path: 'server', quality: 'poor' })
    ben.stay.quality = 'lost'
    room.sfu.tell()
    expect(seen(ann, 2)).toMatchObject({ path: 'lost', quality: 'lost' })
    ben.stay.quality = 'good'
    room.sfu.tell()
    await room.clock.advance(6000)
    expect(seen(ann, 2)?.quality).toBe('good')
    ann.stay.silent = true
    await room.clock.advance(6000)
    expect(seen(ann, 2)).toMatchObject({ path: 'server', quality: 'lost' })
  })

  test('[SFU-C9] a picture that is out of sight is not missed', async () => {
    const { room, ann, ben } = await twoIn()
    await room.change(ben.id, { media: { ...ON, microphone: false } })
    ann.engine.setVisible(new Map())
    ann.stay.silent = true
    await room.clock.advance(10_000)
    expect(seen(ann, 2)?.quality).toBe('good')
  })

  test('[SFU-C9] limited is what the senders of our pictures say', async () => {
    const { room, ann } = await twoIn()
    ann.stay.limited = true
    await room.clock.advance(2000)
    expect(ann.engine.state.get().limited).toBe(true)
    ann.stay.limited = false
    await room.clock.advance(2000)
    expect(ann.engine.state.get().limited).toBe(false)
  })
})

describe('SfuEngine: what is received', () => {
  test('[SFU-C3] until it is told what is on the screen nothing is asked for', async () => {
    const { ann, ben } = await twoIn()
    expect(wanted(ann, ben)).toBeUndefined()
  })

  test('[SFU-C3] pictures are asked for in the pixels of their tile, at most two per CSS pixel', async () => {
    const { ann, ben } = await twoIn()
    ann.pixelRatio = 1.5
    ann.engine.setVisible(new Map([[ben.id, SMALL]]))
    expect(wanted(ann, ben)).toEqual({ width: 240, height: 135 })
    ann.pixelRatio = 3
    ann.engine.setVisible(new Map([[ben.id, SMALL]]))
    expect(wanted(ann, ben)).toEqual({ width: 320, height: 180 })
    expect(ann.stay.wanted.has(`${ben.identity} microphone`)).toBe(false)
  })

  test('[SFU-C3] a picture stays half a second longer than its tile', async () => {
    const { room, ann, ben } = await twoIn()
    ann.engine.setVisible(new Map([[ben.id, SMALL]]))
    ann.engine.setVisible(new Map())
    await room.clock.advance(400)
    ann.engine.setVisible(new Map([[ben.id, SMALL]]))
    await room.clock.advance(1000)
    expect(wanted(ann, ben)).toEqual(SMALL)
    ann.engine.setVisible(new Map())
    // Told again and again, as a layout is that moves.
    await room.clock.advance(400)
    ann.engine.setVisible(new Map())
    expect(wanted(ann, ben)).toEqual(SMALL)
    await room.clock.advance(100)
    expect(wanted(ann, ben)).toBeNull()
  })

  test('[SFU-C3] somebody who comes later is asked for by what is shown of them', async () => {
    const { room, ann } = await twoIn()
    const cem = room.person(3)
    ann.engine.setVisible(new Map([[cem.id, SMALL]]))
    await cem.engine.setTrack('camera', fakeTrack('video', 'late'))
    await room.publish(...room.participants.values(), participantOf(3, { media: ON }))
    await cem.engine.start()
    await room.settle()
    expect(wanted(ann, cem)).toEqual(SMALL)
  })

  test('[SFU-C3] beside a share of their own a face is small', async () => {
    const { room, ann, ben } = await twoIn()
    await ben.engine.setTrack('screen', fakeTrack('video', 'slides'))
    await room.change(ben.id, { media: { ...ON, screen: true } })
    ann.engine.setVisible(new Map([[ben.id, { width: 1200, height: 700 }]]))
    expect(wanted(ann, ben, 'screen')).toEqual({ width: 1200, height: 700 })
    expect(wanted(ann, ben)).toEqual({ width: 320, height: 180 })
    await room.change(ben.id, { media: ON })
    expect(wanted(ann, ben)).toEqual({ width: 1200, height: 700 })
  })
})

describe('SfuEngine: coming in and back', () => {
  test('[SFU-C4] a start tries twice, each time with a pass of its own', async () => {
    const room = new SfuTestRoom()
    const ann = room.person(1)
    await room.publish(participantOf(1))
    room.sfu.failures = 1
    const starting = ann.engine.start()
    await settle()
    expect(ann.engine.state.get().link).toBe('starting')
    await room.clock.advance(500)
    await starting
    expect(ann.engine.state.get().link).toBe('running')
    expect(ann.passes).toBe(2)
    expect(room.sfu.urls).toEqual(['wss://meet.test/sfu', 'wss://meet.test/sfu'])
  })

  test('[SFU-C4] one that fails says why, and the engine is lost', async () => {
    const room = new SfuTestRoom()
    const ann = room.person(1)
    room.sfu.failures = 9
    const starting = expect(ann.engine.start()).rejects.toMatchObject({
      name: 'AppError',
      code: 'unavailable',
    })
    await settle()
    await room.clock.advance(500)
    await starting
    expect(ann.engine.state.get().link).toBe('lost')
    expect(room.clock.pending).toBe(0)
  })

  test('[SFU-C4] a refusal at the door is not asked again', async () => {
    const room = new SfuTestRoom()
    const ann = room.person(1)
    ann.refusal = { code: 'forbidden', message: 'Not you.' }
    await expect(ann.engine.start()).rejects.toMatchObject({ code: 'forbidden', message: 'Not you.' })
    expect(ann.passes).toBe(1)
  })

  test('[SFU-C5] a lost stay is followed by another with a new pass, and what we send goes on', async () => {
    const { room, ann, ben, voice } = await twoIn()
    const links: string[] = []
    ben.engine.state.subscribe(() => links.push(ben.engine.state.get().link))
    const other = fakeTrack('video', 'other camera')
    ben.refusal = { code: 'unavailable', message: 'In a moment.' }
    room.sfu.drop(ben.identity)
    await ben.engine.setTrack('camera', other)
    await room.settle()
    expect(seen(ann, 2)).toMatchObject({ path: 'connecting', tracks: {} })
    expect(ben.engine.state.get().link).toBe('starting')
    ben.refusal = null
    await room.clock.advance(500)
    expect(links.filter((link, index) => link !== links[index - 1])).toEqual(['starting', 'running'])
    expect(ben.passes).toBe(3)
    expect(ben.stay.sent.get('microphone')?.track).toBe(voice)
    expect(ben.stay.sent.get('camera')?.track).toBe(other)
    expect(Object.keys(seen(ann, 2)?.tracks ?? {})).toEqual(['microphone', 'camera'])
  })

  test('[SFU-C5] after eight attempts, or at a refusal, it is lost', async () => {
    const { room, ann, ben } = await twoIn()
    room.sfu.failures = 100
    room.sfu.drop(ben.identity)
    await room.clock.advance(60_000)
    expect(ben.engine.state.get().link).toBe('lost')
    expect(ben.passes).toBe(1 + 8)
    room.sfu.failures = 0
    ann.refusal = { code: 'not-found', message: 'Over.' }
    room.sfu.drop(ann.identity)
    await room.settle()
    expect(ann.engine.state.get().link).toBe('lost')
    expect(ann.passes).toBe(1 + 1)
    expect(room.clock.pending).toBe(0)
  })

  test('[SFU-C6] what could not be published is tried again', async () => {
    const { room, ann, ben } = await twoIn()
    ann.stay.refuseToSend = true
    const track = fakeTrack('video', 'mine')
    await ann.engine.setTrack('camera', track)
    expect(ann.stay.sent.size).toBe(0)
    ann.stay.refuseToSend = false
    await room.clock.advance(2000)
    expect(ann.stay.sent.get('camera')?.track).toBe(track)
    expect(ben.stay.members().get(ann.identity)?.tracks.size).toBe(1)
  })

  test('[SFU-C7] a track set on the way in is sent there', async () => {
    const room = new SfuTestRoom()
    const ann = room.person(1)
    await room.publish(participantOf(1))
    let open = (): void => undefined
    room.sfu.gate = new Promise((resolve) => {
      open = resolve
    })
    const starting = ann.engine.start()
    await settle()
    const track = fakeTrack('audio', 'mine')
    await ann.engine.setTrack('microphone', track)
    open()
    await starting
    expect(ann.stay.sent.get('microphone')?.track).toBe(track)
  })

  test('[SFU-C8] a mute from afar is taken back when we turn the microphone on again, and not before', async () => {
    const { room, ann } = await twoIn()
    await room.change(ann.id, { media: ON })
    const before = ann.stay.unmuted.length
    await room.change(ann.id, { handRaisedAt: 1 })
    await room.change(ann.id, { media: { ...ON, microphone: false } })
    expect(ann.stay.unmuted.length).toBe(before)
    await room.change(ann.id, { media: ON })
    expect(ann.stay.unmuted.slice(before)).toEqual(['microphone'])
  })

  test('[SFU-C21] a look at levels that takes long is waited for before the next', async () => {
    const { room, ann } = await twoIn()
    let answer = (): void => undefined
    ann.stay.statistics = new Promise((resolve) => {
      answer = resolve
    })
    const forget = ann.engine.levels.subscribe(() => undefined)
    const before = ann.stay.statisticsAsked
    for (let look = 0; look < 10; look += 1) await room.clock.advance(150)
    expect(ann.stay.statisticsAsked - before).toBe(1)
    expect(ann.engine.levels.get().size).toBe(0)
    ann.stay.statistics = null
    answer()
    await settle()
    await room.clock.advance(150)
    expect(ann.engine.levels.get().get(idOf(2))).toBe(0.5)
    expect(ann.stay.statisticsAsked - before).toBe(2)
    forget()
  })

  test.each(['abort', 'close'] as const)('[SFU-C20] %s on the way in ends it there', async (how) => {
    const room = new SfuTestRoom()
    const ann = room.person(1)
    await room.publish(participantOf(1))
    room.sfu.gate = new Promise(() => undefined)
    const abort = new AbortController()
    const starting = expect(ann.engine.start(abort.signal)).rejects.toMatchObject({ name: 'AbortError' })
    await settle()
    if (how === 'abort') abort.abort()
    else await ann.engine.close()
    await starting
    expect(ann.engine.state.get().link).toBe('closed')
    expect(room.sfu.rooms.size).toBe(0)
    expect(room.clock.pending).toBe(0)
  })

  test('[SFU-C19] a closed engine is out of the room and leaves no timer behind', async () => {
    const { room, ann, ben } = await twoIn()
    ann.engine.setVisible(new Map([[ben.id, SMALL]]))
    ann.engine.setVisible(new Map())
    const forget = ann.engine.levels.subscribe(() => undefined)
    await ann.engine.close()
    await ben.engine.close()
    expect(room.sfu.rooms.size).toBe(0)
    expect(room.clock.pending).toBe(0)
    forget()
    await ann.engine.start()
    expect(ann.engine.state.get().link).toBe('closed')
  })
})
