import { LocalDevice } from '#lib/call/media/LocalDevice.ts'
import { settle } from '../../../support/FakeClock.ts'
import { FakeDevices } from '../../../support/FakeDevices.ts'

function setUp(releasesWhenOff: boolean) {
  const devices = new FakeDevices()
  const published: (string | null)[] = []
  const lost = jest.fn()
  const device = new LocalDevice(
    {
      open: (id) => devices.openCamera(id),
      releasesWhenOff,
      onTrack: (track) => published.push(track?.id ?? null),
      onLost: lost,
    },
    'remembered',
  )
  return { device, devices, published, lost }
}

describe('LocalDevice', () => {
  test('[CALL-70] opens the remembered device, says starting, then on', async () => {
    const { device, devices, published } = setUp(true)
    const seen: string[] = []
    device.state.subscribe(() => seen.push(device.state.get().status))
    await device.set(true)
    expect(seen).toEqual(['starting', 'on'])
    expect(devices.opened[0]?.id).toBe('remembered')
    expect(published).toEqual(['video 0'])
  })

  test('[CALL-71] on and off again before it opened: nothing stays open', async () => {
    const { device, devices, published } = setUp(true)
    const opening = device.set(true)
    void device.set(false)
    await opening
    expect(device.state.get().status).toBe('off')
    expect(devices.opened.every(({ track }) => track.readyState === 'ended')).toBe(true)
    expect(published).toEqual([])
  })

  test('[CALL-71] the last wish of many holds, and one device is open', async () => {
    const { device, devices } = setUp(true)
    await Promise.all([
      device.set(true),
      device.set(false),
      device.set(true),
      device.set(false),
      device.set(true),
    ])
    expect(device.state.get().status).toBe('on')
    expect(devices.opened.filter(({ track }) => track.readyState === 'live')).toHaveLength(1)
  })

  test('[CALL-72] another device replaces the track before the old one stops', async () => {
    const { device, devices, published } = setUp(false)
    await device.set(true)
    const former = devices.last('video')
    await device.choose('other')
    expect(devices.opened[1]?.id).toBe('other')
    expect(published).toEqual(['video 0', 'video 1'])
    expect(former.readyState).toBe('ended')
  })

  test('[CALL-72] a device chosen while muted stays muted', async () => {
    const { device, devices } = setUp(false)
    await device.set(true)
    await device.set(false)
    await device.choose('other')
    expect(devices.last('video').enabled).toBe(false)
    expect(device.state.get().status).toBe('off')
  })

  test('[CALL-72] a device that cannot be opened does not take away the one that works', async () => {
    const { device, devices } = setUp(false)
    await device.set(true)
    devices.failure = { reason: 'in-use', cause: null }
    await device.choose('busy')
    expect(device.state.get().status).toBe('on')
    expect(devices.last('video').readyState).toBe('live')
  })

  test('[CALL-73] unplugged: told, and the default device takes over', async () => {
    const { device, devices, lost, published } = setUp(false)
    await device.set(true)
    devices.last('video').unplug()
    await settle()
    expect(lost).toHaveBeenCalledTimes(1)
    expect(devices.opened[1]?.id).toBeUndefined()
    expect(device.state.get().status).toBe('on')
    expect(published).toEqual(['video 0', null, 'video 1'])
  })

  test('[CALL-74] refused: failed with the reason, and turning off clears it', async () => {
    const { device, devices } = setUp(true)
    devices.failure = { reason: 'denied', cause: null }
    await device.set(true)
    expect(device.state.get()).toMatchObject({ status: 'failed', failure: { reason: 'denied' } })
    await device.set(false)
    expect(device.state.get().status).toBe('off')
  })

  test('[CALL-75] closed while opening: the device that comes late is stopped', async () => {
    const { device, devices } = setUp(false)
    const opening = device.set(true)
    device.close()
    await opening
    expect(devices.opened.every(({ track }) => track.readyState === 'ended')).toBe(true)
  })
})
