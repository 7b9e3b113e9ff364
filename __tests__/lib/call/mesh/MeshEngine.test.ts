import type { InstanceId } from '#lib/protocol/ids.ts'
import { fakeTrack } from '../../../support/FakePeerConnection.ts'
import { idOf, instanceOf, type MeshMember, MeshRoom, participantOf } from '../../../support/meshRoom.ts'

const pathTo = (
  member: { engine: { state: { get(): { participants: ReadonlyMap<string, { path: string }> } } } },
  n: number,
) => member.engine.state.get().participants.get(idOf(n))?.path

async function roomOf(count: number) {
  const room = new MeshRoom()
  const members = Array.from({ length: count }, (_, index) => room.member(index + 1))
  await Promise.all(members.map(({ engine }) => engine.start()))
  await room.publish(...members.map((_, index) => participantOf(index + 1)))
  return { room, members }
}

describe('MeshEngine', () => {
  test('[CALL-10] four people make one connection per pair', async () => {
    const { members } = await roomOf(4)
    for (const member of members) {
      expect(member.open).toHaveLength(3)
      expect(member.open.every(({ reaches }) => reaches !== null)).toBe(true)
    }
  })

  test('[CALL-11] somebody whose signalling is away keeps the connection', async () => {
    const { room, members } = await roomOf(2)
    const [ann] = members
    const before = ann?.open[0]
    await room.publish(participantOf(1), participantOf(2, { connected: false }))
    await room.publish(participantOf(1, { connected: false }), participantOf(2, { connected: false }))
    await room.publish(participantOf(1), participantOf(2))
    expect(ann?.connections).toEqual([before])
    expect(before?.closed).toBe(false)
    expect(ann && pathTo(ann, 2)).toBe('direct')
  })

  test('[CALL-11] nobody connects to somebody who is away', async () => {
    const room = new MeshRoom()
    const ann = room.member(1)
    await ann.engine.start()
    await room.publish(participantOf(1), participantOf(2, { connected: false }))
    expect(ann.connections).toEqual([])
    expect(pathTo(ann, 2)).toBe('lost')
  })

  test('[CALL-12] a reloaded page is a new instance: a new connection replaces the old one', async () => {
    const { room, members } = await roomOf(2)
    const [ann, former] = members
    await former?.engine.close()
    const reloaded = room.member(2)
    reloaded.instance = instanceOf(52)
    await reloaded.engine.start()
    await room.publish(participantOf(1), participantOf(2, { instanceId: instanceOf(52), instanceSeq: 3 }))
    expect(ann?.open).toHaveLength(1)
    expect(ann?.connections[0]?.closed).toBe(true)
    expect(ann?.open[0]?.reaches).toBe(reloaded.open[0])
  })

  test('[CALL-13] signals that overtake the roster wait for it', async () => {
    const room = new MeshRoom()
    const [ann, ben] = [room.member(1), room.member(2)]
    await Promise.all([ann.engine.start(), ben.engine.start()])
    const participants = new Map([participantOf(1), participantOf(2)].map((person) => [person.id, person]))
    ann.roster.set({ self: ann.id, participants })
    await room.settle()
    expect(ben.connections).toEqual([])
    ben.roster.set({ self: ben.id, participants })
    await room.settle()
    expect(ben.open[0]?.reaches).toBe(ann.open[0])
  })

  test('[CALL-14] signals of an instance that is not in the room do nothing', async () => {
    const { members } = await roomOf(2)
    const [ann] = members
    ann?.hear(idOf(2), 'someone-else' as InstanceId, { type: 'description', kind: 'offer', sdp: 'nonsense' })
    ann?.hear(idOf(9), instanceOf(9), { type: 'description', kind: 'offer', sdp: 'nonsense' })
    expect(ann?.open).toHaveLength(1)
    expect(ann?.open[0]?.signalingState).toBe('stable')
  })

  test('[CALL-15] another seat than before starts every connection over', async () => {
    const { room, members } = await roomOf(2)
    const [ann] = members
    if (ann === undefined) throw new Error('no member')
    const participants = new Map([participantOf(2), participantOf(7)].map((person) => [person.id, person]))
    ann.roster.set({ self: idOf(7), participants })
    await room.settle()
    expect(ann.connections[0]?.closed).toBe(true)
    expect(ann.open).toHaveLength(1)
  })

  test('[CALL-16] a failed connection comes back by an ICE restart', async () => {
    const { room, members } = await roomOf(2)
    const [ann, ben] = members
    room.network.up = false
    ann?.open[0]?.setConnectionState('failed')
    ben?.open[0]?.setConnectionState('failed')
    await room.clock.advance(3000)
    room.network.up = true
    await room.clock.advance(12_000)
    expect(ann?.connections).toHaveLength(1)
    expect(ann?.open[0]?.connectionState).toBe('connected')
    expect(ben?.open[0]?.connectionState).toBe('connected')
  })

  test('[CALL-17] two attempts of ten seconds without success are reported as lost, and trying goes on', async () => {
    const { room, members } = await roomOf(2)
    const [ann, ben] = members
    room.network.up = false
    ann?.open[0]?.setConnectionState('failed')
    ben?.open[0]?.setConnectionState('failed')
    await room.clock.advance(25_000)
    expect(ann && pathTo(ann, 2)).toBe('lost')
    room.network.up = true
    await room.clock.advance(12_000)
    expect(ann && pathTo(ann, 2)).toBe('direct')
  })

  test('[CALL-24] what two attempts do not mend is made anew, once for both, with what is sent and its limits', async () => {
    const { room, members } = await roomOf(2)
    const [ann, ben] = members
    if (ann === undefined || ben === undefined) throw new Error('no member')
    const camera = fakeTrack('video', 'camera')
    await ann.engine.setTrack('camera', camera)
    ben.open[0]?.close()
    ann.open[0]?.setConnectionState('failed')
    await room.clock.advance(15_000)
    expect(ann.connections).toHaveLength(1)
    await room.clock.advance(10_000)
    expect([ann.connections.length, ben.connections.length]).toEqual([2, 2])
    expect(ann.open[0]?.reaches).toBe(ben.open[0])
    expect(pathTo(ann, 2)).toBe('direct')
    const sender = ann.open[0]?.getTransceivers()[1]?.sender
    expect(sender?.track).toBe(camera)
    expect(sender?.parameters.encodings[0]).toMatchObject({ maxFramerate: 30 })
  })

  test('[CALL-25] failed although packets find their way: made anew at once, and not again for ten seconds', async () => {
    const { room, members } = await roomOf(2)
    const [ann, ben] = members
    const breakNow = async () => {
      const present = ann?.open[0]
      if (present) present.iceConnectionState = 'connected'
      present?.setConnectionState('failed')
      await room.settle()
    }
    await breakNow()
    expect([ann?.connections.length, ben?.connections.length]).toEqual([2, 2])
    expect(ann && pathTo(ann, 2)).toBe('direct')
    await breakNow()
    expect(ann?.connections).toHaveLength(2)
  })

  test('[CALL-18] while signalling is away no link is restarted; on its return those that need it are', async () => {
    const { room, members } = await roomOf(2)
    const [ann] = members
    if (ann === undefined) throw new Error('no member')
    ann.online = false
    room.network.up = false
    const before = ann.sent
    const offer = ann.open[0]?.currentLocalDescription
    ann.networkChanged()
    await room.clock.advance(15_000)
    expect(ann.sent).toBe(before)
    expect(ann.open[0]?.signalingState).toBe('stable')
    ann.online = true
    room.network.up = true
    ann.restored()
    await room.settle()
    expect(ann.open[0]?.currentLocalDescription).not.toBe(offer)
    expect(ann.open[0]?.connectionState).toBe('connected')
  })

  test('[CALL-21] another network: a path that still brings media is left alone, a dead one is replaced', async () => {
    const { room, members } = await roomOf(2)
    const [ann] = members
    if (ann === undefined) throw new Error('no member')
    const before = ann.sent
    ann.networkChanged()
    await room.clock.advance(3000)
    expect(ann.sent).toBe(before)
    room.network.up = false
    ann.networkChanged()
    await room.clock.advance(0)
    await room.clock.advance(900)
    expect(ann.sent).toBe(before)
    await room.clock.advance(200)
    expect(ann.sent).toBeGreaterThan(before)
  })

  test('[CALL-22] connected, but nothing arrives that should: the link is restarted, not more than every ten seconds', async () => {
    const { room, members } = await roomOf(2)
    const [ann] = members
    if (ann === undefined) throw new Error('no member')
    const media = { microphone: true, camera: false, screen: false }
    await room.publish(participantOf(1), participantOf(2, { media }))
    await room.clock.advance(4000)
    const before = ann.sent
    room.network.up = false
    await room.clock.advance(8000)
    const restarted = ann.sent
    expect(restarted).toBeGreaterThan(before)
    await room.clock.advance(3000)
    expect(ann.sent).toBe(restarted)
    expect(ann.engine.state.get().participants.get(idOf(2))?.quality).toBe('lost')
  })

  test('[CALL-18] a link that works is left alone when signalling comes back', async () => {
    const { room, members } = await roomOf(2)
    const [ann] = members
    const before = ann?.sent
    ann?.restored()
    await room.clock.advance(3000)
    expect(ann?.sent).toBe(before)
  })

  test('[CALL-19] each encoder gets the budget of the room, anew when the room changes', async () => {
    const { room, members } = await roomOf(2)
    const [ann] = members
    if (ann === undefined) throw new Error('no member')
    await ann.engine.setTrack('camera', fakeTrack('video', 'camera'))
    await room.settle()
    const encoding = () => ann.open[0]?.getTransceivers()[1]?.sender.parameters.encodings[0]
    expect(encoding()).toMatchObject({ scaleResolutionDownBy: 1, maxFramerate: 30 })
    const third = room.member(3)
    await third.engine.start()
    await room.publish(participantOf(1), participantOf(2), participantOf(3))
    expect(encoding()).toMatchObject({ scaleResolutionDownBy: 2, maxBitrate: 700_000 })
    await room.publish(
      participantOf(1),
      participantOf(2),
      participantOf(3, { media: { microphone: false, camera: false, screen: true } }),
    )
    expect(encoding()).toMatchObject({ scaleResolutionDownBy: 4, maxBitrate: 200_000 })
  })

  test('[CALL-29] a recorder gets 25 pictures a second of a camera, and people no more for that', async () => {
    const room = new MeshRoom()
    const [ann, ben, cem] = [room.member(1), room.member(2), room.member(3)]
    const recorder = room.member(4)
    await ann.engine.setTrack('camera', fakeTrack('video', 'camera'))
    for (const { engine } of room.members.values()) await engine.start()
    const people = [participantOf(1), participantOf(2), participantOf(3)]
    await room.publish(...people)
    await room.publish(...people, participantOf(4, { role: 'recorder' }))
    const rateTo = (member: MeshMember) =>
      ann.open.find(({ reaches }) => reaches === member.open[0])?.getTransceivers()[1]?.sender.parameters
        .encodings[0]?.maxFramerate
    expect([ben, cem, recorder].map(rateTo)).toEqual([20, 20, 25])
    const sharing = participantOf(2, { media: { microphone: false, camera: false, screen: true } })
    await room.publish(participantOf(1), sharing, participantOf(3), participantOf(4, { role: 'recorder' }))
    expect([ben, cem, recorder].map(rateTo)).toEqual([20, 20, 25])
    // Alone with it, there is no reason for fewer than everybody would be sent.
    await room.publish(participantOf(1), participantOf(4, { role: 'recorder' }))
    expect(rateTo(recorder)).toBe(30)
  })

  test('[CALL-19] who has a camera when they meet somebody is limited before the description, once, on either side', async () => {
    const room = new MeshRoom()
    const members = [room.member(1), room.member(2)]
    for (const { engine } of members) {
      await engine.setTrack('camera', fakeTrack('video', 'camera'))
      await engine.start()
    }
    await room.publish(participantOf(1), participantOf(2))
    for (const member of members) {
      const sender = member.open[0]?.getTransceivers()[1]?.sender
      expect(sender?.described).toEqual([false])
      expect(sender?.parameters.encodings[0]).toMatchObject({ scaleResolutionDownBy: 1, maxFramerate: 30 })
    }
  })

  test('[CALL-20] closing leaves no timer and no connection behind', async () => {
    const { room, members } = await roomOf(3)
    for (const { engine } of members) await engine.close()
    expect(members.flatMap(({ open }) => open)).toEqual([])
    expect(room.clock.pending).toBe(0)
  })
})
