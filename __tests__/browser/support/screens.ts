/** `npx tsx __tests__/browser/support/screens.ts`: pictures of every screen, light and dark, narrow and wide, in .screens/. */
import { mkdir } from 'node:fs/promises'
import { launchBrowser } from './launchBrowser.ts'
import { Person } from './Person.ts'
import { startParley } from './startParley.ts'
import { walkScreens } from './walkScreens.ts'

const WIDTHS = [390, 1440]

async function main(): Promise<void> {
  await mkdir('.screens', { recursive: true })
  const parley = await startParley()
  const browsers = await Promise.all([launchBrowser('chromium'), launchBrowser('chromium')])
  try {
    const [first, second] = browsers
    if (first === undefined || second === undefined) throw new Error('no browser')
    const host = await Person.at(first, parley.url, 'Ada Lovelace'.replace(' ', '-'))
    const guest = await Person.at(second, parley.url, 'Grace')
    await walkScreens(host, guest, async (screen, who) => {
      const usual = who.page.viewport()
      for (const width of WIDTHS) {
        await who.page.setViewport({ width, height: width < 600 ? 844 : 900 })
        for (const value of ['light', 'dark']) {
          await who.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }])
          await who.page.mouse.move(100 + Math.random() * 100, 150)
          await who.page.screenshot({ path: `.screens/${screen}-${width}-${value}.png` })
        }
      }
      await who.page.setViewport(usual)
      console.log(screen)
    })
    console.log(await Promise.all([host, guest].map(async (one) => [...one.faults])))
  } finally {
    await Promise.all(browsers.map((one) => one.close()))
    await parley.stop()
  }
}

await main()
