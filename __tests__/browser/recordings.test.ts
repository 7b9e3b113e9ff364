import { hasFfmpeg, makeFilm } from './support/makeFilm.ts'
import type { Person } from './support/Person.ts'
import { seedFilm } from './support/seedFilms.ts'
import { stageSuite, withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'
import { linkOf } from './support/walkRecordings.ts'

const SECONDS = 150

type Watching = { readonly time: number; readonly frames: number; readonly paused: boolean }

const watching = (who: Person): Promise<Watching | null> =>
  who.page.evaluate(() => {
    const video = document.querySelector('video')
    if (!video) return null
    const { totalVideoFrames: frames } = video.getVideoPlaybackQuality()
    return { time: video.currentTime, frames, paused: video.paused }
  })

/** The film goes on: later and with more decoded pictures than at the last look. */
async function plays(who: Person, from = 0): Promise<Watching> {
  const before = (await watching(who)) ?? { time: 0, frames: 0 }
  return until(`${who.name} to watch from ${from} s on`, async () => {
    const now = await watching(who)
    const later =
      now && !now.paused && now.time >= from && now.time > before.time && now.frames > before.frames
    return later ? now : null
  })
}

withBrowsers('chromium')('a recording', () => {
  const stage = stageSuite({
    // The page asks whether it may still watch, and the browser notes that it may not.
    expected: [/status of (410|404|401) /],
  })

  test('[PROOF-30] found, played, sought, shared; revoking the link ends the film that plays by it', async () => {
    if (!hasFfmpeg()) {
      if (process.env.CI === 'true') throw new Error('ffmpeg is not installed')
      return console.warn('skipped: ffmpeg is not installed')
    }
    const owner = await stage.person('Olga', 0)
    await owner.signUp()
    const film = makeFilm(SECONDS)
    await seedFilm(stage.parley, owner.email, film, { seconds: SECONDS, title: 'Weekly planning' })

    await owner.goto('/meetings')
    await owner.press('Recordings', 'link')
    await owner.see('Recordings', 'list')
    await owner.press('Weekly planning', 'link')
    await owner.press('Play from the beginning')
    await plays(owner)
    await owner.page.keyboard.press('8')
    await plays(owner, SECONDS * 0.8)

    await owner.press('Share')
    await owner.fill('For whom', 'Pia', 'textbox')
    await owner.press('Create link')
    const link = await linkOf(owner, 'Link for Pia')

    const holder = await stage.person('Pia', 1)
    await holder.goto(link)
    await holder.press('Play from the beginning')
    await plays(holder)
    expect(await holder.find('Download', 'button')).toBeNull()
    expect(await holder.find('Delete', 'button')).toBeNull()

    await owner.press('Revoke the link for Pia')
    await holder.seeText('This link doesn’t work')
    expect(await watching(holder)).toBeNull()
    await holder.goto(link)
    await holder.seeText('This link doesn’t work')
  }, 300_000)
})
