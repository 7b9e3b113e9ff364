import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { openStage, type Stage, withBrowsers } from './support/stage.ts'
import { walkScreens } from './support/walkScreens.ts'

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8')

type Violation = { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }

withBrowsers('chromium')('every screen', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage()
  }, 120_000)
  afterAll(() => stage.close(), 30_000)

  test('[PROOF-10] has no axe violation, no CSP violation and no layout shift, in light and in dark', async () => {
    const found: string[] = []
    await walkScreens(await stage.person('Wim', 0), await stage.person('Xia', 1), async (screen, who) => {
      for (const value of ['light', 'dark']) {
        await who.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }])
        // evaluate() goes through the debugger, so the page's own policy stays as it is.
        await who.page.evaluate(`${axe}; void 0`)
        const violations = (await who.page.evaluate(
          `axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)`,
        )) as Violation[]
        for (const one of violations)
          found.push(
            `${screen} (${value}): ${one.id}: ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
          )
      }
      const shift = await who.page.evaluate(() => window.parleyProbe.layoutShift)
      if (shift > 0.01) found.push(`${screen}: layout shift ${shift.toFixed(3)}`)
    })
    expect([...new Set(found)]).toEqual([])
    expect(await stage.clear()).toEqual([])
  }, 240_000)
})
