/**
 * `npx tsx __tests__/browser/support/screens.ts`: pictures of every screen, light and dark, narrow and wide, in .screens/.
 * With names behind it (`call-4 recording-clips`): of these only.
 */
import { mkdir } from 'node:fs/promises'
import type { Browser } from 'puppeteer-core'
import { launchBrowser } from './launchBrowser.ts'
import { Person } from './Person.ts'
import { drawPortraits } from './portraits.ts'
import { startParley } from './startParley.ts'
import { walkScreens } from './walkScreens.ts'

const WIDTHS = [390, 1440]
const NAMES = ['Ada', 'Kofi', 'Grace', 'Noor']

const portraitBrowser = (path: string): Promise<Browser> =>
  launchBrowser('chromium', {
    cameraFramesPerSecond: 5,
    extraArguments: [`--use-file-for-fake-video-capture=${path}`],
  })

const asked = new Set(process.argv.slice(2))

async function photograph(screen: string, who: Person): Promise<void> {
  if (asked.size > 0 && !asked.has(screen)) return
  const usual = who.page.viewport()
  for (const width of WIDTHS) {
    await who.page.setViewport({ width, height: width < 600 ? 844 : 900 })
    for (const value of ['light', 'dark']) {
      await who.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }])
      await who.page.mouse.move(100 + Math.random() * 100, 150)
      // A tile that grew is filled by the next pictures that arrive.
      await who.page.evaluate(() => new Promise((later) => setTimeout(later, 600)))
      await who.page.screenshot({ path: `.screens/${screen}-${width}-${value}.png` })
    }
  }
  await who.page.setViewport(usual)
  console.log(screen)
}

async function main(): Promise<void> {
  await mkdir('.screens', { recursive: true })
  const parley = await startParley()
  const browsers: Browser[] = []
  try {
    const studio = await launchBrowser('chromium')
    const portraits = await drawPortraits(studio).finally(() => studio.close())
    const people: Person[] = []
    for (const [seat, name] of NAMES.entries()) {
      const browser = await portraitBrowser(portraits[seat] ?? '')
      browsers.push(browser)
      people.push(await Person.at(browser, parley.url, name))
    }
    const [host, guest, ...others] = people
    if (host === undefined || guest === undefined) throw new Error('nobody came')
    await walkScreens(parley, host, guest, photograph)
    const link = await host.newMeeting()
    await host.join()
    for (const one of [guest, ...others]) {
      await one.joinAsGuest(link)
      for (const other of people.slice(0, people.indexOf(one))) await one.seesPicture(other.name)
      if (one !== guest) await photograph(`call-${people.indexOf(one) + 1}`, host)
    }
    await guest.say('Morning! The slides are in the shared folder.')
    await others[0]?.say('Thanks, Kofi. Shall we start with the roadmap?')
    await others[1]?.press('Raise hand')
    await host.say('Yes, two minutes each.')
    await photograph('call-4-chat', host)
    await host.press('Close chat')
    await host.press('People')
    await photograph('call-4-people', host)
    for (const fault of people.flatMap((one) => one.faults)) console.log(fault)
  } finally {
    await Promise.all(browsers.map((one) => one.close()))
    await parley.stop()
  }
}

await main()
