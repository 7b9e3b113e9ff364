import { LiveKitSender } from '#lib/call/sfu/LiveKitSender.ts'
import type { LiveKitPublication } from '#lib/call/sfu/liveKit.ts'
import { fakeTrack } from '../../../support/FakePeerConnection.ts'

const camera = (id: string): MediaStreamTrack =>
  Object.assign(fakeTrack('video', id), { clone: () => Object.assign(fakeTrack('video', id), { stop() {} }) })

/** What LiveKit and the RTP sender are told, in that order. */
function published() {
  const told: string[] = []
  const publication = {
    track: {},
    mute: async () => void told.push('mute'),
    unmute: async () => void told.push('unmute'),
  } as unknown as LiveKitPublication
  const rtp = {
    replaceTrack: async (track: MediaStreamTrack | null) => void told.push(`place ${track?.id ?? 'nothing'}`),
  } as unknown as RTCRtpSender
  const sender: LiveKitSender = new LiveKitSender({
    source: 'camera',
    publish: async (standIn) => {
      sender.adopt(rtp, standIn.id)
      return publication
    },
    unpublish: async () => void told.push('unpublish'),
  })
  return { sender, told }
}

describe('LiveKitSender', () => {
  test('[SFU-C13] a camera that comes back takes its place and is unmuted, and is not published anew', async () => {
    const { sender, told } = published()
    await sender.set(camera('face'))
    await sender.set(null)
    told.length = 0
    await sender.set(camera('other'))
    expect(told).toEqual(['place other', 'unmute'])
  })

  test('[SFU-C13] one that goes off falls silent before it is muted', async () => {
    const { sender, told } = published()
    await sender.set(camera('face'))
    told.length = 0
    await sender.set(null)
    expect(told).toEqual(['place nothing', 'mute'])
  })

  test('[SFU-C13] another device in use takes its place without a word to LiveKit', async () => {
    const { sender, told } = published()
    await sender.set(camera('face'))
    told.length = 0
    await sender.set(camera('other'))
    expect(told).toEqual(['place other'])
  })
})
