import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { HTTPRequest, Page } from 'puppeteer-core'
import { openStage, type Stage, withBrowsers } from './support/stage.ts'
import { settled, walkScreens } from './support/walkScreens.ts'

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8')

/** An open menu floats over the page and belongs to its button; "everything in a landmark" is meant for the page below. */
const OPTIONS = `{
  resultTypes: ['violations'],
  rules: { region: { enabled: document.querySelector('[role=menu]') === null } },
}`

type Violation = { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }

withBrowsers('chromium')('every screen', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage()
  }, 120_000)
  afterAll(() => stage.close(), 30_000)

  test('[PROOF-10] has no axe violation, no CSP violation and no layout shift, in light and in dark', async () => {
    const found: string[] = []
    const [host, guest] = [await stage.person('Wim', 0), await stage.person('Xia', 1)]
    await walkScreens(stage.parley, host, guest, async (screen, who) => {
      for (const value of ['light', 'dark']) {
        await who.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }])
        // Colours on their way from light to dark are neither.
        await who.page.evaluate(() => new Promise((painted) => requestAnimationFrame(painted)))
        await settled(screen, who)
        // evaluate() goes through the debugger, so the page's own policy stays as it is.
        await who.page.evaluate(`${axe}; void 0`)
        const violations = (await who.page.evaluate(
          `axe.run(document, ${OPTIONS}).then((result) => result.violations)`,
        )) as Violation[]
        for (const one of violations)
          found.push(
            `${screen} (${value}): ${one.id}: ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
          )
      }
      const { layoutShift, shifted } = await who.page.evaluate(() => window.parleyProbe)
      if (layoutShift > 0.01)
        found.push(`${screen}: layout shift ${layoutShift.toFixed(3)} of ${shifted.join(' | ')}`)
    })
    expect([...new Set(found)]).toEqual([])
    // Three of the screens are those of a 404.
    expect(await stage.clear(/status of 404 .*\/(nowhere|m\/|r\/)/)).toEqual([])
  }, 300_000)

  test.each([360, 390, 640, 760, 1024, 1440])(
    '[PROOF-10] %i px wide, the first page has the same lines in the system’s font as in its own',
    async (width) => {
      const { page } = await stage.person('Yve', 0)
      await page.setViewport({ width, height: 900 })
      const own = await headingIn(page, stage.parley.url, 'own')
      const systems = await headingIn(page, stage.parley.url, 'system’s')
      expect(own).toMatchObject({ font: true, lines: 2 })
      expect(systems).toEqual({ ...own, font: false })
      expect(await stage.clear(/Failed to load resource.*ERR_FAILED/)).toEqual([])
    },
    60_000,
  )

  test('[PROOF-10] 320 px wide, nothing on the first page reaches beyond its margins', async () => {
    const { page } = await stage.person('Zoe', 0)
    await page.setViewport({ width: 320, height: 900 })
    await page.goto(stage.parley.url, { waitUntil: 'networkidle0' })
    const { margin, rights } = await page.evaluate(() => {
      const main = document.querySelector('main')
      const right = (element: Element) => element.getBoundingClientRect().right
      const all = [...(main?.querySelectorAll('section *') ?? [])]
      return {
        margin: main === null ? 0 : right(main) - Number.parseFloat(getComputedStyle(main).paddingRight),
        rights: all.map(right),
      }
    })
    expect(margin).toBe(300)
    expect(Math.max(...rights)).toBeLessThanOrEqual(margin)
  }, 60_000)
})

/** The first page's heading, with the fonts that the server gives or without any. */
async function headingIn(page: Page, url: string, font: 'own' | 'system’s') {
  const answer = (request: HTTPRequest) =>
    void (font === 'system’s' && request.resourceType() === 'font' ? request.abort() : request.continue())
  await page.setCacheEnabled(false)
  await page.setRequestInterception(true)
  page.on('request', answer)
  await page.goto(url, { waitUntil: 'networkidle0' })
  page.off('request', answer)
  await page.setRequestInterception(false)
  return page.evaluate(() => {
    const heading = document.querySelector('h1')
    const lines = [...(heading?.querySelectorAll('span') ?? [])].reduce((sum, line) => {
      const range = document.createRange()
      range.selectNodeContents(line)
      return sum + range.getClientRects().length
    }, 0)
    return { font: document.fonts.check('16px inter'), lines, height: heading?.clientHeight }
  })
}
