import { LocalScreen } from '#lib/call/media/LocalScreen.ts'
import { ok } from '#lib/result.ts'
import { FakeTrack } from '../../../support/FakeDevices.ts'

test('[REC-204] a shared screen has its sound with it, for as long as it is shared', async () => {
  const [video, audio] = [new FakeTrack('video', 'screen'), new FakeTrack('audio', 'sound')]
  const screen = new LocalScreen({
    open: async () =>
      ok({ video: video as unknown as MediaStreamTrack, audio: audio as unknown as MediaStreamTrack }),
    onTracks: () => undefined,
    onFailure: () => undefined,
  })
  await screen.set(true)
  expect(screen.state.get()).toEqual({ status: 'on', track: video, sound: audio })
  video.unplug()
  expect(screen.state.get()).toEqual({ status: 'off' })
  expect(audio.readyState).toBe('ended')
})
