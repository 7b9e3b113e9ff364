import { chooseCaptions, SPOKEN, vttOf } from './support/addTranscript.ts'
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

type Shown = {
  readonly mode: string | null
  readonly over: readonly string[]
  readonly line: string | null
  /** The line is seen in its list. */
  readonly inView: boolean
}

/** What stands over the picture, and which line of the transcript is marked. */
const shown = (who: Person): Promise<Shown> =>
  who.page.evaluate(() => {
    const track = document.querySelector('track')?.track ?? null
    const over = [...(track?.activeCues ?? [])].map((cue) => ('text' in cue ? String(cue.text) : ''))
    const line = document.querySelector('[data-line][aria-current=true]')
    const [box, place] = [line?.closest('ul'), line].map((element) => element?.getBoundingClientRect())
    const inView =
      box !== undefined && place !== undefined && place.top >= box.top && place.bottom <= box.bottom
    return { mode: track?.mode ?? null, over, line: line?.textContent ?? null, inView }
  })

async function shareWithPia(owner: Person): Promise<string> {
  await owner.press('Share')
  await owner.fill('For whom', 'Pia', 'textbox')
  await owner.press('Create link')
  return linkOf(owner, 'Link for Pia')
}

/** The page asks whether it may still watch, and the browser notes that it may not. */
const MAY_NOT = /status of (410|404|401) /

withBrowsers('chromium')('a recording', () => {
  const stage = stageSuite({ expected: [MAY_NOT] })

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

    const link = await shareWithPia(owner)

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

withBrowsers('chromium')('what was said in a recording', () => {
  // A file that is refused, and one that the link does not give away.
  const stage = stageSuite({ expected: [MAY_NOT, /status of (403|400) /] })

  test('[PROOF-31] what was said is added, read, sought by and shown as captions; a link shows it and gives none away', async () => {
    if (!hasFfmpeg()) {
      if (process.env.CI === 'true') throw new Error('ffmpeg is not installed')
      return console.warn('skipped: ffmpeg is not installed')
    }
    const owner = await stage.person('Olga', 0)
    await owner.signUp()
    const seeded = { seconds: SECONDS, title: 'Weekly planning' }
    const { id } = await seedFilm(stage.parley, owner.email, makeFilm(SECONDS), seeded)
    await owner.goto(`/recordings/${id}`)
    await owner.press('Transcript', 'tab')
    await owner.see('Add a transcript')
    await chooseCaptions(owner, 'broken.srt', '1\n00:00:04,000 -> 00:00:05,000\nHello')
    await owner.seeText('Line 1: this has no time.')
    await chooseCaptions(owner, 'captions.vtt', vttOf([...SPOKEN, [130, '5 < 6, <b>not bold</b> & <i>done']]))
    await owner.see('2:10 5 < 6, not bold & done', 'button')

    const seeks = async (who: Person, name: string, from: number, text: string) => {
      await who.press(name)
      await until(`${who.name} to be at “${text}”`, async () => {
        const { line, over, inView } = await shown(who)
        const at = await watching(who)
        const there = at && at.time >= from && at.time < from + 4
        return there && inView && line?.includes(text) && over[0] === text
      })
    }
    const [, spoken] = SPOKEN[12]
    await seeks(owner, `1:20 ${spoken}`, 80, spoken)
    expect((await shown(owner)).mode).toBe('hidden')
    await owner.page.keyboard.press('c')
    expect((await shown(owner)).mode).toBe('showing')
    await owner.press('Play')
    const { line } = await until('the film to come to another line', async () => {
      const now = await shown(owner)
      return now.inView && now.line?.includes('I know the old database') ? now : null
    })
    expect(line).toMatch(/^1:32/)
    await owner.fill('Search the transcript', 'ROADMAP', 'searchbox')
    await owner.seeText('2 of 18 lines')

    const link = await shareWithPia(owner)
    const holder = await stage.person('Pia', 1)
    await holder.goto(link)
    await holder.press('Play from the beginning')
    await plays(holder)
    await seeks(holder, `0:05 ${SPOKEN[1][1]}`, 5, SPOKEN[1][1])
    await holder.press('Captions')
    expect((await shown(holder)).mode).toBe('showing')
    expect(await holder.find('More about the transcript', 'button')).toBeNull()
    const source = await holder.page.evaluate(() => document.querySelector('track')?.src ?? '')
    const statuses = await holder.page.evaluate(
      (url) => Promise.all([url, `${url}?download=1`].map(async (one) => (await fetch(one)).status)),
      source,
    )
    expect(statuses).toEqual([200, 403])
    await owner.press('Revoke the link for Pia')
    await holder.seeText('This link doesn’t work')
    expect(await holder.page.evaluate(async (url) => (await fetch(url)).status, source)).toBe(410)
  }, 300_000)
})
